"""Queries whose SQL is made once: for a few rows, that takes Django longer than the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.db import connections
from django.db.models import QuerySet, Value

_unnamed = re.compile(r"(?<!%)%s")


class Given(Value):
    """Stands in a prepared query for a value that its caller gives by this name."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"%({self.value})s", ()


class Prepared:
    """The rows of the `values_list` query that `make` returns, read anew by each call."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self.make = make
        # SQL, the values that are always the same and the columns, for each database.
        self.known: dict[str, tuple[str, dict[str, Any], list[Any]]] = {}

    @cached_property
    def queryset(self) -> QuerySet[Any, Any]:
        return self.make()

    def __call__(self, **given: Any) -> list[Any]:
        alias = self.queryset.db
        connection = connections[alias]
        # What belongs to a connection ends with it.
        of_connection = vars(connection).setdefault("prepared", {})
        if self not in of_connection:
            # Of a copy: compiling changes a query, and other threads may be at it.
            compiler = self.queryset.query.clone().get_compiler(alias)
            if alias not in self.known:
                sql, params = compiler.as_sql()
                constant = {f"constant_{n}": value for n, value in enumerate(params)}
                # All by name: Django reads SQL for SQLite far faster so.
                names = iter(constant)
                sql = _unnamed.sub(lambda _found: f"%({next(names)})s", sql)
                self.known[alias] = sql, constant, [column for column, *_ in compiler.select]
            converters = compiler.get_converters(self.known[alias][2])
            of_connection[self] = partial(compiler.apply_converters, converters=converters)
        sql, constant, _columns = self.known[alias]
        with connection.cursor() as cursor:
            cursor.execute(sql, constant | given)
            rows = cursor.fetchall()
        return list(of_connection[self](rows))
