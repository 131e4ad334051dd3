"""The page store: what visitors read, made once and served as bytes.

A view's answer that carries `Surrogate-Key` is a public page. `application.py` stands in front of
Django and answers while none of the page's tags has changed. `store.py` is all that one process
has of pages: `pages.py` is one page in all its codings, which `negotiation.py` chooses between;
`keeping.py` its copy on disk; `front.py` the folder that nginx may serve, and which pages a change
ends; `build.py` tells releases apart. `generations.py` is what has changed as all processes of the
machine see it, `changes.py` where that comes from, `asking.py` asks for the pages that it ended,
and `reading.py` is the database that public pages are read from.
"""
