"""The WSGI application: pages from memory, all else from Django."""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import split_domain_port, validate_host

from ..headers import PRIVATE_PATHS
from ..incoming import is_trusted
from . import changes, reading
from .generations import COUNTING
from .pages import TAGS, Page, unfit
from .store import Store, site_store

logger = logging.getLogger(__name__)

# How long a visitor waits for a page that somebody else is making.
WAIT_SECONDS = 2.0
LOOK_SECONDS = 0.005
# After a page could not be made, its last good copy is served at once for so long.
REST_SECONDS = 5
MOST_FAILED = 1000
EDITED_UNDER = "/admin/"
NEVER_KEPT = (*PRIVATE_PATHS, settings.STATIC_URL, "/healthz", "/readyz")
trusts = lru_cache(1024)(is_trusted)


class Application(WSGIHandler):
    """Django with the page store before it."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.failed: dict[str, float] = {}
        self.hosts: set[str] = set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            page = self.store.in_memory(environ["PATH_INFO"])
            if page is not None and self.is_ours(environ):
                return page.send(environ, start_response)
        return super().__call__(environ, start_response)

    def is_ours(self, environ: dict[str, Any]) -> bool:
        """Whether it came to the site's own host, and by https if that is the site's."""
        host = environ.get("HTTP_HOST", "")
        if host not in self.hosts:
            if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
                return False
            if len(self.hosts) < 100:
                self.hosts.add(host)
        if not settings.SITE_IS_SECURE or environ["wsgi.url_scheme"] == "https":
            return True
        return environ.get("HTTP_X_FORWARDED_PROTO") == "https" and trusts(environ["REMOTE_ADDR"])

    def get_response(self, request: HttpRequest) -> Any:
        environ: Any = request.META
        path = environ["PATH_INFO"]
        can_be_public = request.method in ("GET", "HEAD") and not path.startswith(NEVER_KEPT)
        if can_be_public and self.is_ours(environ):
            return self.public(request, environ, path)
        response = super().get_response(request)
        if request.method == "POST" and path.startswith(EDITED_UNDER):
            changes.count_own(self.store)
        return response

    def public(self, request: HttpRequest, environ: dict[str, Any], path: str) -> Any:
        """The page at `path`: as it is now if that can be had, else as it last was."""
        if page := self.store.fresh(path):
            return page.response(environ)
        if self.is_resting(path) and (page := self.store.last_good(path)):
            return self.old(page, environ, "it could not be made a moment ago")
        with self.turn(path) as is_mine:
            if page := self.store.fresh(path):
                return page.response(environ)
            if not is_mine and (page := self.store.last_good(path)):
                return self.old(page, environ, "making it takes too long")
            return self.made(request, environ, path)

    def made(self, request: HttpRequest, environ: dict[str, Any], path: str) -> Any:
        """Django's answer, kept if it is a public page; as the page last was if Django failed."""
        # Before the first look at the database: what changes from now on makes the page old.
        numbers = self.store.generations.now()
        if path.endswith("/"):
            # What follows a question mark never changes a page that everyone reads.
            request.GET = QueryDict("")
        response = super().get_response(request)
        status = response.status_code
        if status >= 500:
            if len(self.failed) > MOST_FAILED:
                self.failed.clear()
            self.failed[path] = time.monotonic()
            page = self.store.last_good(path)
            return self.old(page, environ, "it could not be made") if page else response
        self.failed.pop(path, None)
        if status == 200 and TAGS in response:
            tags = response[TAGS].split()
            del response[TAGS]
            if reason := unfit(response):
                logger.error("a public page %s: it is not kept", reason)
                return response
            if reading.is_behind(request, numbers[COUNTING]):
                return response
            return self.store.keep(path, response, tags, numbers).response(environ)
        if status in (301, 302, 404, 410):
            self.store.forget(path)
        return response

    def old(self, page: Page, environ: dict[str, Any], why: str) -> HttpResponse:
        self.store.note_last_good(why)
        return page.response(environ)

    def is_resting(self, path: str) -> bool:
        failed_at = self.failed.get(path)
        failed = failed_at is not None and time.monotonic() - failed_at < REST_SECONDS
        return failed or reading.is_resting()

    @contextmanager
    def turn(self, path: str) -> Iterator[bool]:
        """Whether the page is ours to make: others wait for whoever is at it, WAIT_SECONDS long."""
        try:
            lock = self.store.lock_file(path).open("wb")
        except OSError as error:
            self.store.log("pages cannot be locked (%s)", type(error).__name__)
            yield True
            return
        with lock:
            give_up_at = time.monotonic() + WAIT_SECONDS
            is_mine = False
            while not is_mine and time.monotonic() < give_up_at:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    is_mine = True
                except BlockingIOError:
                    time.sleep(LOOK_SECONDS)
            yield is_mine


def application() -> WSGIHandler:
    """What a server runs: with the store, unless developing or its folder cannot be written."""
    if settings.DEBUG:
        return WSGIHandler()
    try:
        return Application(site_store())
    except OSError as error:
        logger.error("pages are made anew each time: no store (%s)", type(error).__name__)
        return WSGIHandler()
