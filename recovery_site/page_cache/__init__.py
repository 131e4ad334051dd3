"""The page cache: public pages, rendered once and served as bytes.

A page that its view marks `Cache-Control: public` is kept. `handler.py` stands in front of Django
and answers while the content version is the one that the page was made at. `version.py` is that
number as all processes of the machine share it, `refresh.py` takes it from the database, where
`triggers.py` raises it. `cache.py` holds what one process has: pages (`pages.py`) in memory, and
`disk.py`, a folder for each version, which nginx serves as well. `warming.py` makes the pages of a
new version before a visitor asks, `snapshot.py` is the database that public pages are read from,
`release.py` tells releases apart, `negotiation.py` chooses codings.
"""
