"""Pages asked for before a visitor does, so that nobody waits and no kept copy is an old one."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings

from . import reading
from .application import Application

LONGEST_SECONDS = 0.5


class NotMade(Exception):
    """Pages that changed could not be made; their last good copies are from before."""


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

    What was taken off the site is forgotten so, before an outage can bring it back. Raises NotMade
    after all others were asked for.
    """
    store = application.store
    give_up_at = time.monotonic() + LONGEST_SECONDS
    asked, failed = 0, 0
    for note in store.front.ended():
        if should_stop() or time.monotonic() >= give_up_at:
            break
        path = unquote(note.name)
        if store.is_outdated(path):
            asked += 1
            # The disk may have refused it when it was made.
            store.release(path)
            ask(application, path)
        note.unlink(missing_ok=True)
        # Only now: whoever changes it after this look leaves a note of its own.
        if store.is_outdated(path):
            failed += 1
            store.front.note_end(path)
            if reading.is_resting():
                break
    if failed:
        raise NotMade
    return asked
