"""The page store: what visitors read, made once and served as bytes.

A view's answer that carries `Surrogate-Key` is a public page. `application.py` stands in front of
Django and answers from memory while none of the page's tags has changed; `pages.py` is one page in
all its codings, `keeping.py` its copy on disk, `front.py` the folder that nginx may serve,
`generations.py` what has changed as all processes of the machine see it, `changes.py` where that
comes from, and `reading.py` the database that public pages are read from.
"""
