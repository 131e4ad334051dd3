"""Lists by the page: from the last row seen on, so that page 500 costs what page 1 does."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from ..models import CallbackRequest, CallbackRequestQuerySet

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


def page_of(
    stretches: list[Stretch], order: Order, cursor: Cursor | None, size: int = PAGE_SIZE
) -> Page:
    """One page of stretches that follow one another in this order, and the cursors of the pages
    before and after it; a query for each part of a stretch."""
    backwards = cursor is not None and not cursor.is_after
    descending = order.is_newest_first != backwards
    rows: list[CallbackRequest] = []
    for stretch in reversed(stretches) if backwards else stretches:
        rows += _first(stretch, order.field, cursor, descending, size + 1 - len(rows))
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    first, last = (Cursor(i > 0, getattr(rows[-i], order.field), rows[-i].pk) for i in (0, 1))
    has_before = has_more if backwards else cursor is not None
    has_after = backwards or has_more
    return Page(rows, first if has_before else None, last if has_after else None)


def _first(
    stretch: Stretch, field: str, cursor: Cursor | None, descending: bool, number: int
) -> list[CallbackRequest]:
    """The first so many rows of a stretch."""
    sign = "-" if descending else ""
    rows: list[CallbackRequest] = []
    for part in stretch:
        # A range of the column in whose order they stand, always: SQLite may choose the index of
        # a filter otherwise, and sort all that it finds there for the sake of a page.
        range_of = _beyond(field, cursor, descending) if cursor else Q(**{f"{field}__gt": EPOCH})
        part = part.filter(range_of)
        rows += part.order_by(f"{sign}{field}", f"{sign}id")[:number]
    if len(stretch) > 1:
        rows.sort(key=lambda row: (getattr(row, field), row.pk), reverse=descending)
    return rows[:number]


def _beyond(field: str, cursor: Cursor, descending: bool) -> Q:
    beyond, at_most = ("lt", "lte") if descending else ("gt", "gte")
    further = Q(**{f"{field}__{beyond}": cursor.moment}) | Q(**{f"id__{beyond}": cursor.pk})
    # Together they are a range of the index: a bare OR would be read from its start.
    return Q(**{f"{field}__{at_most}": cursor.moment}) & further
