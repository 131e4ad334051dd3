"""The list of all pages of the site, of every kind, as staff look for what needs work.

`rows.py` holds the table, `checks.py` finds what a row says of one page, `upkeep.py` keeps the rows
in step with the pages, `lookup.py` finds rows by the words that somebody typed.
"""
