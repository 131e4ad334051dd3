"""Make pages before a visitor asks for them, so that nobody waits."""

from __future__ import annotations

import io
import sys
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings

from . import snapshot
from .handler import PageCacheHandler

# Warming takes at most this part of each second; the rest is for visitors.
SLICE_SECONDS = 0.5


class WarmingFailed(Exception):
    """Pages could not be made; their stale copies are of an earlier version."""


def fetch(handler: PageCacheHandler, path: str) -> int:
    """Request `path` as a visitor of the site's own address would; return the status."""
    site = urlsplit(settings.SITE_URL)
    statuses: list[str] = []
    response = handler(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            # WSGI takes each byte of the path as one character (PEP 3333).
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
        lambda status, *_: statuses.append(status),
    )
    for _part in response:
        pass
    if hasattr(response, "close"):
        response.close()
    return int(statuses[0][:3])


class Warmer:
    """Makes the pages of each version, in slices."""

    def __init__(self, handler: PageCacheHandler) -> None:
        self.handler, self.cache = handler, handler.cache
        self.number = 0
        self.waiting: deque[str] = deque()
        self.failed: list[str] = []

    @property
    def is_outdated(self) -> bool:
        """Whether the content changed since this version was begun."""
        return self.number != self.cache.version.number

    def begin(self) -> int:
        """Queue the pages of the current version; return how many."""
        self.number, self.failed = self.cache.version.number, []
        self.waiting = deque(self.in_order())
        return len(self.waiting)

    def in_order(self) -> list[str]:
        """Published addresses: lists, then pages that visitors read last, then all others."""
        disk, number = self.cache.disk, self.number
        published = [path for path in disk.read_published(number) if path]
        # `public_paths` ends the lists with this address.
        first = published.index("/sitemap.xml") + 1 if "/sitemap.xml" in published else 0
        rest = {path: disk.last_read(number, path) for path in published[first:]}
        return published[:first] + sorted(rest, key=lambda path: -rest[path])

    def step(self, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Make pages for SLICE_SECONDS; return how many.

        Raises WarmingFailed if the database does not answer, or if pages failed and all others are
        made.
        """
        if self.is_outdated:
            self.begin()
        give_up_at = time.monotonic() + SLICE_SECONDS
        made = 0
        while self.waiting and not should_stop() and time.monotonic() < give_up_at:
            if snapshot.circuit.is_open:
                raise WarmingFailed
            made += self.make(self.waiting.popleft())
        if not self.waiting:
            self.finish()
        return made

    def make(self, path: str) -> bool:
        """Make the page unless it is there; return whether it was made. Notes a failure."""
        if self.cache.disk.is_there(self.number, path):
            return False
        status = fetch(self.handler, path)
        is_there = self.cache.disk.is_there(self.number, path)
        if not is_there and (status == 200 or status >= 500):
            self.failed.append(path)
        return is_there

    def finish(self) -> None:
        if self.is_outdated:
            return
        if self.failed:
            self.waiting, self.failed = deque(self.failed), []
            self.cache.disk.join_earlier(self.number)
            raise WarmingFailed
        self.cache.remove_others(self.number)
