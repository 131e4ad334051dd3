"""Lists by the page: from the last row seen on, so that page 500 costs what page 1 does."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, Value

from contact.models import CallbackRequest, CallbackRequestQuerySet

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Seventeen digits reach into the year 5138.
WRITTEN = re.compile(r"([ab])([0-9]{1,17})-([0-9a-f]{32})", re.ASCII)


class Cursor(NamedTuple):
    """A place in a list: after or before this row."""

    is_after: bool
    moment: datetime
    pk: uuid.UUID

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """What an address holds; None if it is none of ours."""
        if not (found := WRITTEN.fullmatch(text)):
            return None
        direction, microseconds, pk = found.groups()
        moment = EPOCH + timedelta(microseconds=int(microseconds))
        return cls(direction == "a", moment, uuid.UUID(pk))

    def __str__(self) -> str:
        microseconds = (self.moment - EPOCH) // timedelta(microseconds=1)
        return f"{'a' if self.is_after else 'b'}{microseconds}-{self.pk.hex}"


class Order(NamedTuple):
    """By this moment, then by id."""

    field: str
    is_newest_first: bool = False


class Page(NamedTuple):
    rows: list[CallbackRequest]
    before: Cursor | None
    after: Cursor | None


# Its parts share no row, and are in one order.
Stretch = list[CallbackRequestQuerySet]


class Wanted(NamedTuple):
    """So many rows of stretches that follow one another in this order."""

    stretches: list[Stretch]
    order: Order
    size: int = PAGE_SIZE


def page_of(wanted: Wanted, cursor: Cursor | None = None) -> Page:
    """The page at this place, with the cursors of the pages before and after it."""
    return pages_of([wanted], cursor)[0]


def pages_of(several: list[Wanted], cursor: Cursor | None = None) -> list[Page]:
    """A page of each; one query for each part of a stretch, or one for all (`_rows_of`)."""
    backwards = cursor is not None and not cursor.is_after
    parts = [
        _first(part, wanted, cursor, backwards)
        for wanted in several
        for stretch in wanted.stretches
        for part in stretch
    ]
    found = iter(_rows_of(parts))
    return [_page(wanted, found, cursor, backwards) for wanted in several]


def _first(
    part: CallbackRequestQuerySet, wanted: Wanted, cursor: Cursor | None, backwards: bool
) -> CallbackRequestQuerySet:
    """As many as the page takes and one more."""
    field, is_newest_first = wanted.order
    descending = is_newest_first != backwards
    sign = "-" if descending else ""
    # A range of the column in whose order they stand, always: SQLite may choose the index of
    # a filter otherwise, and sort all that it finds there for the sake of a page.
    range_of = _beyond(field, cursor, descending) if cursor else Q(**{f"{field}__gt": EPOCH})
    return part.filter(range_of).order_by(f"{sign}{field}", f"{sign}id")[: wanted.size + 1]


def _rows_of(parts: list[CallbackRequestQuerySet]) -> list[list[CallbackRequest]]:
    """The rows of each part: of all in one query, where a database can unite what is cut off."""
    if len(parts) < 2 or not connection.features.supports_slicing_ordering_in_compound:
        return [list(part) for part in parts]
    first, *others = (part.annotate(part=Value(n)) for n, part in enumerate(parts))
    rows: list[list[CallbackRequest]] = [[] for _ in parts]
    for row in first.union(*others, all=True):
        rows[row.part].append(row)
    return rows


def _page(
    wanted: Wanted, found: Iterator[list[CallbackRequest]], cursor: Cursor | None, backwards: bool
) -> Page:
    """What comes next in `found`, part by part, as a page."""
    field, is_newest_first = wanted.order
    stretches = []
    for stretch in wanted.stretches:
        rows = [row for _ in stretch for row in next(found)]
        rows.sort(
            key=lambda row: (getattr(row, field), row.pk), reverse=is_newest_first != backwards
        )
        stretches.append(rows)
    if backwards:
        stretches.reverse()
    rows = [row for stretch in stretches for row in stretch][: wanted.size + 1]
    has_more, rows = len(rows) > wanted.size, rows[: wanted.size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    first, last = (Cursor(i > 0, getattr(rows[-i], field), rows[-i].pk) for i in (0, 1))
    has_before = has_more if backwards else cursor is not None
    has_after = backwards or has_more
    return Page(rows, first if has_before else None, last if has_after else None)


def _beyond(field: str, cursor: Cursor, descending: bool) -> Q:
    beyond, at_most = ("lt", "lte") if descending else ("gt", "gte")
    further = Q(**{f"{field}__{beyond}": cursor.moment}) | Q(**{f"id__{beyond}": cursor.pk})
    # Together they are a range of the index: a bare OR would be read from its start.
    return Q(**{f"{field}__{at_most}": cursor.moment}) & further
