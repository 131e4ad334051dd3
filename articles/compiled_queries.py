"""Queries whose SQL is compiled once.

Compiling a query of a few rows takes Django longer than the database takes to answer it. Together
with rows that are read without model instances, this makes an article's page that is not cached
3.6 times as fast (`python -m bench`, "the page made for each request").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.db import connections
from django.db.models import QuerySet, Value

_placeholder = re.compile(r"(?<!%)%s")


class Param(Value):
    """Stands in a compiled query for the value that its caller passes under this name."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"%({self.value})s", ()


class CompiledQuery:
    """A `values_list` query, built by `build` at its first call. Each call reads its rows anew."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self.build = build
        # SQL, constant parameters and columns by database alias.
        self.compiled: dict[str, tuple[str, dict[str, Any], list[Any]]] = {}

    @cached_property
    def queryset(self) -> QuerySet[Any, Any]:
        return self.build()

    def __call__(self, **params: Any) -> list[Any]:
        alias = self.queryset.db
        connection = connections[alias]
        # Converters may hold their connection, so they live as long as it does.
        converters_by_query = vars(connection).setdefault("compiled_queries", {})
        if self not in converters_by_query:
            # A clone: compiling changes a query, and another thread may be compiling it too.
            compiler = self.queryset.query.clone().get_compiler(alias)
            if alias not in self.compiled:
                sql, values = compiler.as_sql()
                constants = {f"constant_{n}": value for n, value in enumerate(values)}
                # Named placeholders only: Django rewrites them for SQLite far faster.
                names = iter(constants)
                sql = _placeholder.sub(lambda _found: f"%({next(names)})s", sql)
                self.compiled[alias] = sql, constants, [column for column, *_ in compiler.select]
            converters = compiler.get_converters(self.compiled[alias][2])
            converters_by_query[self] = partial(compiler.apply_converters, converters=converters)
        sql, constants, _columns = self.compiled[alias]
        with connection.cursor() as cursor:
            cursor.execute(sql, constants | params)
            rows = cursor.fetchall()
        return list(converters_by_query[self](rows))
