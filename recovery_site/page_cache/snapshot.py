"""The database as public pages read it: one read-only snapshot a page, with short timeouts.

The alias `reading` is a replica (DATABASE_REPLICA_URL) or the same database again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse

from ..models import ContentVersion

ALIAS = "reading"
# Key in `request.META`: the content version that a page read from a replica saw.
VERSION_KEY = "snapshot.version"
# Paths that need the newest rows, or no database at all.
OTHER_PATHS = (
    *("/contact/", "/admin/", "/intake/", "/review/"),
    *("/healthz", "/readyz", "/favicon.ico"),
)
# PostgreSQL's code for `query_canceled`: psycopg2 is not imported where SQLite is used.
QUERY_CANCELED = "57014"
# How long the circuit stays open after a database did not answer.
OPEN_SECONDS = 5

# The transaction of the page that is being made.
_snapshot: ContextVar[transaction.Atomic | None] = ContextVar("snapshot", default=None)


class CircuitOpen(OperationalError):
    """The database did not answer a moment ago, and is not asked again yet."""


class Circuit:
    """A circuit breaker: while it is open, no public page waits for the database."""

    def __init__(self) -> None:
        self.open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self.open_until

    def open(self) -> None:
        self.open_until = time.monotonic() + OPEN_SECONDS

    def close(self) -> None:
        self.open_until = 0.0


circuit = Circuit()


def alias() -> str:
    return ALIAS if ALIAS in connections.settings else "default"


def may_be_public(request: HttpRequest) -> bool:
    """Whether the request may be for a public page."""
    return request.method in ("GET", "HEAD") and not request.path_info.startswith(OTHER_PATHS)


class Router:
    """Sends what a public page reads to the alias `reading`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return ALIAS if _snapshot.get() else None

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None


class SnapshotMiddleware:
    """Innermost middleware: all that a public page reads comes from one snapshot."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            _leave()

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        if may_be_public(request) and ALIAS in connections.settings:
            _enter()
            if connections[ALIAS].settings_dict.get("IS_REPLICA"):
                request.META[VERSION_KEY] = ContentVersion.current(ALIAS)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        # A cancelled query may wait for one table that is being migrated; the others answer.
        is_late = getattr(exception.__cause__, "pgcode", "") == QUERY_CANCELED
        is_away = isinstance(exception, (OperationalError, InterfaceError)) and not is_late
        # Staff pages use the other alias, where they wait for locks.
        if is_away and may_be_public(request):
            circuit.open()


def version_of(request: HttpRequest, default: int) -> int:
    """The content version of the page; `default` if no replica was read."""
    return request.META.get(VERSION_KEY, default)


def _enter() -> None:
    if circuit.is_open:
        raise CircuitOpen
    snapshot = transaction.atomic(using=ALIAS)
    try:
        snapshot.__enter__()
    except Error:
        circuit.open()
        raise
    _snapshot.set(snapshot)


def _leave() -> None:
    if snapshot := _snapshot.get():
        _snapshot.set(None)
        # The page is read already, so a connection that broke since does not matter.
        with suppress(Error):
            snapshot.__exit__(None, None, None)
