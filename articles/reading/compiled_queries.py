"""Queries whose SQL is compiled once.

Django takes longer to build and compile a query of a few rows than the database takes to answer it.
Compiling once halves the time of an article's page that is not cached (`python -m bench.scale`
prints the page with and without).
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
    """A placeholder for the value that a caller of the query passes under this name."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"%({self.value})s", ()


class CompiledQuery:
    """A `values_list` query, built and compiled at its first call. Each call returns new rows."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self.build = build
        # SQL, constant parameters and columns, by database alias.
        self.compiled: dict[str, tuple[str, dict[str, Any], list[Any]]] = {}

    @cached_property
    def queryset(self) -> QuerySet[Any, Any]:
        return self.build()

    def __call__(self, **params: Any) -> list[Any]:
        alias = self.queryset.db
        connection = connections[alias]
        # Converters may refer to their connection, so they are stored with it.
        converters_by_query = vars(connection).setdefault("compiled_queries", {})
        if self not in converters_by_query:
            # Clone it: compiling changes a query, and another thread may compile the same one.
            compiler = self.queryset.query.clone().get_compiler(alias)
            if alias not in self.compiled:
                sql, values = compiler.as_sql()
                constants = {f"constant_{n}": value for n, value in enumerate(values)}
                # Named placeholders only: Django converts them for SQLite faster than mixed ones.
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
