"""Pages asked for before a visitor does, so that nobody waits and no kept copy is an old one."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings

from .application import Application

LONGEST_SECONDS = 0.5


class NotMade(Exception):
    """A page that changed could not be made; its last good copy is from before."""


def ask(application: Application, path: str) -> str:
    """What a visitor of the site's own address gets at `path`."""
    site = urlsplit(settings.SITE_URL)
    answer = application(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            # As WSGI has it: the bytes of the path, each as one character (PEP 3333).
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or 80),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": site.netloc,
            "REMOTE_ADDR": "",
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        },
        lambda *_: None,
    )
    text = b"".join(answer).decode()
    if hasattr(answer, "close"):
        answer.close()
    return text


def ask_again(application: Application, should_stop: Callable[[], bool]) -> int:
    """Ask for the pages that a change ended, LONGEST_SECONDS long; how many were asked for.

    What was taken off the site is forgotten so, before an outage can bring it back. Raises NotMade.
    """
    store = application.store
    give_up_at = time.monotonic() + LONGEST_SECONDS
    asked = 0
    while not should_stop() and time.monotonic() < give_up_at and (path := store.front.an_ended()):
        ask(application, path)
        if store.fresh(path) is None and store.kept.load(path) is not None:
            store.front.note_end(path)
            raise NotMade
        asked += 1
    return asked
