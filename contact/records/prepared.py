"""Statements that PostgreSQL plans once for a connection, not each time that they run.

To plan the counts of the desk takes it ten times as long as to answer them (`bench.intake`): each
of the table's indexes is weighed for each count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections

# The names of what each connection has prepared, by SQL and constants.
_prepared: WeakKeyDictionary[Any, dict[object, str]] = WeakKeyDictionary()


def prepared(
    sql: str, params: Sequence[Any], is_given: Callable[[Any], bool]
) -> tuple[str, list[Any]]:
    """Return SQL that runs this statement, and its parameters; elsewhere they are the same.

    `is_given` tells which are given anew each time. The others become part of the statement, so
    that its plan can use the indexes made for them. Only for statements of which there are few: a
    connection keeps all of them.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return sql, [*params]
    connection.ensure_connection()
    names = _prepared.setdefault(connection.connection, {})
    key = (sql, *(each for each in params if not is_given(each)))
    if key not in names:
        name = f"desk_{len(names)}"
        # This belongs to the connection, not to what a page asks, so nothing counts or logs it.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            if not names:
                # The times that are given say nothing of which index is best.
                cursor.execute("SET plan_cache_mode = force_generic_plan")
            numbers = count(1)
            places = [
                f"${next(numbers)}" if is_given(each) else cursor.mogrify("%s", [each]).decode()
                for each in params
            ]
            cursor.execute(f"PREPARE {name} AS {sql % tuple(places)}")
        names[key] = name
    given = [each for each in params if is_given(each)]
    arguments = f" ({', '.join(['%s'] * len(given))})" if given else ""
    return f"EXECUTE {names[key]}{arguments}", given
