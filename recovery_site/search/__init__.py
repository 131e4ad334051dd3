"""The search: what a visitor types becomes pages of all kinds in one ranking.

`reading.py` reads a query: typing errors, words for the same thing, stems, language.
`vocabulary.py` holds the rows of editors that it reads by, `rows.py` their tables. `pages.py` knows
what can be found, `ranking.py` orders it, `results.py` is the whole way. `meaning/` adds, where it
runs, what a query means. Nothing of the reading depends on the database; the candidates among
publications come from `articles.search.lookup`.
"""
