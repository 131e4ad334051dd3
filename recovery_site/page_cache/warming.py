"""Pages made before a visitor asks, so that nobody waits and stale copies are young."""

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
    """Ask for `path` as a visitor of the site's own address would; the status of the answer."""
    site = urlsplit(settings.SITE_URL)
    statuses: list[str] = []
    response = handler(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            # The bytes of the path, each as one character (PEP 3333).
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

    def begin(self) -> int:
        """Note what there is to do for the current version; how many pages."""
        self.number, self.failed = self.cache.version.number, []
        self.waiting = deque(self.in_order())
        return len(self.waiting)

    def in_order(self) -> list[str]:
        """What is published: lists, then the pages that visitors read last, then all others."""
        disk, number = self.cache.disk, self.number
        published = [path for path in disk.read_published(number) if path]
        # As `public_paths` puts it.
        first = published.index("/sitemap.xml") + 1 if "/sitemap.xml" in published else 0
        rest = {path: disk.last_read(number, path) for path in published[first:]}
        return published[:first] + sorted(rest, key=lambda path: -rest[path])

    def step(self, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Make pages for SLICE_SECONDS; how many were made.

        Raises WarmingFailed when all others are made, or when the database is away.
        """
        if self.number != self.cache.version.number:
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
        """Whether the page had to be made; notes those that could not be."""
        if self.cache.disk.is_there(self.number, path):
            return False
        status = fetch(self.handler, path)
        is_there = self.cache.disk.is_there(self.number, path)
        if not is_there and (status == 200 or status >= 500):
            self.failed.append(path)
        return is_there

    def finish(self) -> None:
        if self.number != self.cache.version.number:
            return
        if self.failed:
            self.waiting, self.failed = deque(self.failed), []
            self.cache.disk.join_earlier(self.number)
            raise WarmingFailed
        self.cache.disk.remove_earlier(self.number)
