"""The database as public pages read it: one snapshot a page, read-only, quick to give up.

The alias `reading` is a replica (DATABASE_REPLICA_URL) or the same database again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connections, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse

from ..models import Change

ALIAS = "reading"
# The newest change that a page of a replica could see.
SEEN = "reading.seen"
# What may need the newest rows, and what needs none.
OTHER_PATHS = ("/contact/", "/admin/", "/intake/", "/healthz", "/readyz", "/favicon.ico")
# PostgreSQL's code for `query_canceled`: psycopg2 is not imported where SQLite is used.
QUERY_CANCELED = "57014"
# After a database that did not answer, nobody waits for it for so long.
REST_SECONDS = 5

# The transaction of the page that is being made.
_snapshot: ContextVar[transaction.Atomic | None] = ContextVar("snapshot", default=None)


class _Rest:
    until = 0.0


class Resting(OperationalError):
    """The database did not answer a moment ago."""


def alias() -> str:
    return ALIAS if ALIAS in connections.settings else "default"


def is_resting() -> bool:
    """Whether the database did not answer a moment ago."""
    return time.monotonic() < _Rest.until


def is_public(request: HttpRequest) -> bool:
    """Whether what is asked for can be a page that everyone may read."""
    return request.method in ("GET", "HEAD") and not request.path_info.startswith(OTHER_PATHS)


class Router:
    """Sends what a public page reads to the alias `reading`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return ALIAS if _snapshot.get() else None

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None


class OneSnapshot:
    """Middleware, the innermost: all that a public page reads is of one moment."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            _leave()

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        if is_public(request) and ALIAS in connections.settings:
            _enter()
            if connections[ALIAS].settings_dict.get("IS_REPLICA"):
                newest = Change.objects.aggregate(newest=Max("id"))["newest"]
                request.META[SEEN] = newest or 0

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # One table that is being migrated is no reason to leave all others alone.
        is_late = getattr(exception.__cause__, "pgcode", "") == QUERY_CANCELED
        is_away = isinstance(exception, (OperationalError, InterfaceError)) and not is_late
        # Staff pages use another database, and they lock and write.
        if is_away and is_public(request):
            _rest()


def is_behind(request: HttpRequest, last: int) -> bool:
    """Whether the replica did not have the changes up to `last` yet, which are counted already."""
    return request.META.get(SEEN, last) < last


def _rest() -> None:
    _Rest.until = time.monotonic() + REST_SECONDS


def _enter() -> None:
    if is_resting():
        raise Resting
    snapshot = transaction.atomic(using=ALIAS)
    try:
        snapshot.__enter__()
    except Error:
        _rest()
        raise
    _snapshot.set(snapshot)


def _leave() -> None:
    if snapshot := _snapshot.get():
        _snapshot.set(None)
        # What was read is read; a connection that broke since is not this page's trouble.
        with suppress(Error):
            snapshot.__exit__(None, None, None)
