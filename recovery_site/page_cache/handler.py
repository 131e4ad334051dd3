"""The WSGI application: cached pages from memory, all else from Django."""

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

from recovery_site.http.headers import PRIVATE_PATHS

from ..middleware import is_trusted_proxy
from . import snapshot
from .cache import PageCache, site_cache
from .dictionaries import page_by_dictionary
from .pages import CachedPage, is_public, uncacheable_reason
from .refresh import refresh_own

logger = logging.getLogger(__name__)

# How long a visitor waits for a page that another request is making.
WAIT_SECONDS = 2.0
LOOK_SECONDS = 0.005
# After a failure the stale copy is served for so long without another try.
REST_SECONDS = 5
MAX_FAILED = 1000
EDITED_UNDER = "/admin/"
NEVER_CACHED = (*PRIVATE_PATHS, settings.STATIC_URL, "/healthz", "/readyz")


class PageCacheHandler(WSGIHandler):
    """Django with the page cache before it."""

    def __init__(self, cache: PageCache) -> None:
        super().__init__()
        self.cache = cache
        self.failed: dict[str, float] = {}
        self.hosts: set[str] = set()
        self.is_proxy = lru_cache(1024)(is_trusted_proxy)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if page := self.from_memory(environ):
            return page.send(environ, start_response)
        return super().__call__(environ, start_response)

    def from_memory(self, environ: dict[str, Any]) -> CachedPage | None:
        """The current page that is asked for, if this process holds it."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if "HTTP_AVAILABLE_DICTIONARY" in environ:
            # What compresses waits for a thread.
            return None
        page = self.cache.in_memory(environ["PATH_INFO"])
        return page if page is not None and self.is_ours(environ) else None

    def is_ours(self, environ: dict[str, Any]) -> bool:
        """Whether the request came to the site's own host, and by https if the site uses it."""
        host = environ.get("HTTP_HOST", "")
        if host not in self.hosts:
            if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
                return False
            if len(self.hosts) < 100:
                self.hosts.add(host)
        if not settings.SITE_IS_SECURE or environ["wsgi.url_scheme"] == "https":
            return True
        is_said = environ.get("HTTP_X_FORWARDED_PROTO") == "https"
        return is_said and self.is_proxy(environ["REMOTE_ADDR"])

    def get_response(self, request: HttpRequest) -> Any:
        environ: Any = request.META
        path = environ["PATH_INFO"]
        can_be_public = request.method in ("GET", "HEAD") and not path.startswith(NEVER_CACHED)
        if can_be_public and self.is_ours(environ):
            return self.public(request, environ, path)
        response = super().get_response(request)
        if request.method == "POST" and path.startswith(EDITED_UNDER):
            refresh_own(self.cache)
        return response

    def public(self, request: HttpRequest, environ: dict[str, Any], path: str) -> Any:
        """The current page at `path` if it can be made, else its stale copy."""
        if page := self.cache.fresh(path):
            return self.respond(page, environ)
        if self.failed_just_now(path) and (page := self.cache.stale(path)):
            return self.stale(page, environ, "it could not be made a moment ago")
        with self.turn(path) as is_mine:
            if page := self.cache.fresh(path):
                return self.respond(page, environ)
            if not is_mine and (page := self.cache.stale(path)):
                return self.stale(page, environ, "making it takes too long")
            return self.make(request, environ, path)

    def respond(self, page: CachedPage, environ: dict[str, Any]) -> HttpResponse:
        """Answer with the page, by what the browser has of us if it names that."""
        if answer := page_by_dictionary(page, environ, self.cache.fresh):
            headers, body = answer
            return HttpResponse(body, headers=dict(headers))
        return page.respond(environ)

    def make(self, request: HttpRequest, environ: dict[str, Any], path: str) -> Any:
        """Django's answer, cached if it is a public page; the stale copy if Django failed."""
        # Taken before the database is read, so that any later change makes the page old.
        number = self.cache.version.number
        # The page is kept by its path alone, so its view must not see the query string.
        request.GET = QueryDict("")
        response = super().get_response(request)
        if response.status_code >= 500:
            if len(self.failed) > MAX_FAILED:
                self.failed.clear()
            self.failed[path] = time.monotonic()
            page = self.cache.stale(path)
            return self.stale(page, environ, "it could not be made") if page else response
        self.failed.pop(path, None)
        if not is_public(response):
            return response
        if reason := uncacheable_reason(response):
            logger.error("a public page %s: it is not cached", reason)
            return response
        if snapshot.version_of(request, number) != number:
            # The replica is behind or ahead, so the page belongs to another version.
            return response
        return self.respond(self.cache.store(path, response, number), environ)

    def stale(self, page: CachedPage, environ: dict[str, Any], why: str) -> HttpResponse:
        self.cache.note_stale(why)
        return page.respond(environ)

    def failed_just_now(self, path: str) -> bool:
        failed_at = self.failed.get(path)
        failed = failed_at is not None and time.monotonic() - failed_at < REST_SECONDS
        return failed or snapshot.circuit.is_open

    @contextmanager
    def turn(self, path: str) -> Iterator[bool]:
        """Lock the page; yields whether we may make it. Others wait at most WAIT_SECONDS."""
        try:
            lock = self.cache.lock_file(path).open("wb")
        except OSError as error:
            self.cache.log("pages cannot be locked (%s)", type(error).__name__)
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


def make_application() -> WSGIHandler:
    """With the page cache, unless DEBUG is on or its folder cannot be written."""
    if settings.DEBUG:
        return WSGIHandler()
    try:
        return PageCacheHandler(site_cache())
    except OSError as error:
        logger.error("pages are made anew each time: no page cache (%s)", type(error).__name__)
        return WSGIHandler()
