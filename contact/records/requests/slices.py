"""Beginnings of several lists of requests, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet

from contact.records.prepared import prepared

from .queryset import CallbackRequestQuerySet


def fetch_slices(
    slices: Sequence[CallbackRequestQuerySet], *, is_usual: bool = False
) -> list[list[Any]]:
    """Return the rows of each slice, with one query however many they are.

    All have the same columns. `is_usual`: it is asked for often, and only its times differ.
    """
    rows: list[list[Any]] = [[] for _ in slices]
    parts: list[str] = []
    values: list[Any] = []
    for number, queryset in enumerate(slices):
        # A slice of nothing has no SQL.
        with suppress(EmptyResultSet):
            sql, params = queryset.query.sql_with_params()
            # SQLite takes the order and limit of a part in brackets alone.
            parts.append(f"SELECT *, {number} AS slice FROM ({sql}) AS part")  # noqa: S608 - by the ORM
            values += params
    if parts:
        whole = " UNION ALL ".join(parts)
        if is_usual:
            whole, values = prepared(whole, values, _is_time)
        found: Any = slices[0].model._default_manager.raw(whole, values)
        for row in found:
            rows[row.slice].append(row)
    return rows


def _is_time(value: object) -> bool:
    return isinstance(value, datetime)
