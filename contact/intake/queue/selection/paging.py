"""Keyset pagination: a page is read from the last row seen on, so page 500 costs what page 1 does.

A list is made of segments that follow one another. A segment is made of querysets without a common
row, merged into one order.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from contact.models import CallbackRequest, CallbackRequestQuerySet
from contact.records.requests.slices import fetch_slices

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Seventeen digits of microseconds reach the year 5138.
CURSOR = re.compile(r"([ab])(d?)([0-9]{1,17})-([0-9a-f]{32})", re.ASCII)


class Cursor(NamedTuple):
    """A place in a list: after or before one row; `is_leading`: one of the leading segments."""

    is_after: bool
    moment: datetime
    pk: uuid.UUID
    is_leading: bool = False

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor in an address; None for any other text."""
        if not (found := CURSOR.fullmatch(text)):
            return None
        direction, leading, microseconds, pk = found.groups()
        moment = EPOCH + timedelta(microseconds=int(microseconds))
        return cls(direction == "a", moment, uuid.UUID(pk), bool(leading))

    def __str__(self) -> str:
        microseconds = (self.moment - EPOCH) // timedelta(microseconds=1)
        place = ("a" if self.is_after else "b") + ("d" if self.is_leading else "")
        return f"{place}{microseconds}-{self.pk.hex}"


class RowOrder(NamedTuple):
    """An order by a column with a time, then by id."""

    field: str
    is_newest_first: bool = False


Segment = list[CallbackRequestQuerySet]


class PageQuery(NamedTuple):
    """The rows of the `leading` segments come before all others, whatever their times."""

    segments: list[Segment]
    order: RowOrder
    size: int = PAGE_SIZE
    leading: Sequence[Segment] = ()


class RequestPage(NamedTuple):
    """The rows of a page, with the cursors of the pages before and after it."""

    rows: list[CallbackRequest]
    before: Cursor | None
    after: Cursor | None


def fetch_page(
    query: PageQuery, cursor: Cursor | None = None, *, is_usual: bool = False
) -> RequestPage:
    return fetch_pages([query], cursor, is_usual=is_usual)[0]


def fetch_pages(
    queries: list[PageQuery], cursor: Cursor | None = None, *, is_usual: bool = False
) -> list[RequestPage]:
    """A page for each query, with one database query for all. `is_usual`: see `fetch_slices`."""
    is_backwards = cursor is not None and not cursor.is_after
    slices = [
        _slice(queryset, query, read.cursor, is_backwards)
        for query in queries
        for read in _reads(query, cursor)
        for queryset in read.segment
    ]
    rows = iter(fetch_slices(slices, is_usual=is_usual))
    return [_assemble(query, rows, cursor, is_backwards) for query in queries]


class Read(NamedTuple):
    """A segment of which a page may hold rows, from the cursor on or, without one, from its end."""

    segment: Segment
    is_leading: bool
    cursor: Cursor | None


def _reads(query: PageQuery, cursor: Cursor | None) -> list[Read]:
    """The segments to read for this page, in the order of the list."""
    reads = []
    for is_leading, segments in ((True, query.leading), (False, query.segments)):
        start = cursor if cursor and cursor.is_leading == is_leading else None
        # After an ordinary row comes no leading one, and before a leading one no other.
        if cursor is None or start or cursor.is_after != is_leading:
            reads += [Read(segment, is_leading, start) for segment in segments]
    return reads


def _slice(
    queryset: CallbackRequestQuerySet, query: PageQuery, cursor: Cursor | None, is_backwards: bool
) -> CallbackRequestQuerySet:
    """The rows of one page from the cursor on, and one more, which tells whether a page follows."""
    field, is_newest_first = query.order
    is_descending = is_newest_first != is_backwards
    sign = "-" if is_descending else ""
    # The first page has a condition on its column, too. Without one, SQLite may choose the index
    # of a filter, and sort everything that it finds there for the sake of one page.
    start = _beyond(field, cursor, is_descending) if cursor else Q(**{f"{field}__gt": EPOCH})
    return queryset.filter(start).order_by(f"{sign}{field}", f"{sign}id")[: query.size + 1]


def _assemble(
    query: PageQuery,
    slices: Iterator[list[CallbackRequest]],
    cursor: Cursor | None,
    is_backwards: bool,
) -> RequestPage:
    """Merge the next slices, those of `query`, into its page."""
    field, is_newest_first = query.order
    segments, leading = [], set()
    for read in _reads(query, cursor):
        rows = [row for _ in read.segment for row in next(slices)]
        leading |= {row.pk for row in rows if read.is_leading}
        rows.sort(
            key=lambda row: (getattr(row, field), row.pk), reverse=is_newest_first != is_backwards
        )
        segments.append(rows)
    if is_backwards:
        segments.reverse()
    rows = [row for segment in segments for row in segment][: query.size + 1]
    has_more, rows = len(rows) > query.size, rows[: query.size]
    if is_backwards:
        rows.reverse()
    if not rows:
        return RequestPage([], None, None)
    first, last = (
        Cursor(i > 0, getattr(rows[-i], field), rows[-i].pk, rows[-i].pk in leading) for i in (0, 1)
    )
    has_before = has_more if is_backwards else cursor is not None
    has_after = is_backwards or has_more
    return RequestPage(rows, first if has_before else None, last if has_after else None)


def _beyond(field: str, cursor: Cursor, is_descending: bool) -> Q:
    beyond, at_most = ("lt", "lte") if is_descending else ("gt", "gte")
    after_cursor = Q(**{f"{field}__{beyond}": cursor.moment}) | Q(**{f"id__{beyond}": cursor.pk})
    # The redundant first condition lets the databases use a range scan; OR alone would not.
    return Q(**{f"{field}__{at_most}": cursor.moment}) & after_cursor
