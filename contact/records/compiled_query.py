"""A query that each page asks with other values, and whose SQL is made once.

To make that of all counts anew took 6 ms a page (`bench.intake`), longer than the answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from .prepared import prepared


class CompiledQuery:
    """`build` makes the query of some arguments, and `given` the values that it has in its SQL.

    It is built with `example`, of which no value may be equal to another one in the SQL.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        given: Callable[..., tuple[object, ...]],
        example: tuple[object, ...],
    ) -> None:
        self._build, self._given, self._example = build, given, example
        # A compiler belongs to the connection of its thread.
        self._made = threading.local()

    def first(self, *arguments: Any) -> dict[str, Any] | None:
        """Return the first row of `values()`; None if there is none."""
        return next(iter(self.rows(*arguments)), None)

    def rows(self, *arguments: Any) -> list[dict[str, Any]]:
        """Return the rows of `values()`."""
        connection = connections[DEFAULT_DB_ALIAS]
        if getattr(self._made, "connection", None) is not connection:
            self._make(connection)
        made = self._made
        own = dict(zip(made.examples, self._values(connection, arguments), strict=True))
        sql, params = prepared(made.sql, made.params, made.examples.__contains__)
        with connection.cursor() as cursor:
            cursor.execute(sql, [own.get(each, each) for each in params])
            found = cursor.fetchall()
        names = made.compiler.query.selected
        return [dict(zip(names, row, strict=True)) for row in made.compiler.results_iter([found])]

    def _make(self, connection: Any) -> None:
        made, query = self._made, self._build(*self._example).query
        made.compiler = query.get_compiler(connection=connection)
        made.sql, made.params = made.compiler.as_sql()
        made.examples = self._values(connection, self._example)
        missing = [each for each in made.examples if each not in made.params]
        if missing or len({*made.examples}) < len(made.examples):
            raise ValueError(f"These stand in no place of their own in the SQL: {missing}")
        made.connection = connection

    def _values(self, connection: Any, arguments: tuple[object, ...]) -> list[Any]:
        """The values that `arguments` have in the SQL, as the database takes them."""
        adapt = connection.ops
        return [
            adapt.adapt_datetimefield_value(value)
            if isinstance(value, datetime)
            else adapt.adapt_datefield_value(value)
            if isinstance(value, date)
            else value
            for value in self._given(*arguments)
        ]
