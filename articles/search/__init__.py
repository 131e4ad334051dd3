"""The search index of publications: what visitors can read, as words by their stems.

`words.py` takes words out of a text, `stems.py` cuts their endings, `index_rows.py` holds the
tables, `index.py` keeps them in step with publishing, `lookup.py` finds the rows that hold given
stems: with FTS5 on SQLite, with full text search on PostgreSQL. Both compare whole stems alone, so
they find the same.
"""
