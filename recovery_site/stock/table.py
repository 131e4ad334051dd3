"""The rows of one page of the list, as they stand in its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.formats import get_format, number_format

from articles.models import StockRow
from articles.stock.place import kept_by, next_address
from articles.stock.rows import StockState

from .listing import StockListing

NOTHING = "–"


class TableRow(NamedTuple):
    """All that a row shows, in words, so that drawing it asks for nothing more."""

    key: str
    anchor: str
    title: str
    kind: str
    change_url: str
    # To the next page that this account may review, where it may review this one.
    review_url: str
    state: str
    state_label: str
    has_newer_draft: bool
    awaits_review: bool
    topic: str
    people: str
    next_review: str
    is_due: bool
    draft_since: str
    grade: str
    is_hard: bool
    terms: int
    broken_links: int
    changed: str
    lacks: str


def table_rows(request: HttpRequest, listing: StockListing, rows: list[StockRow]) -> list[TableRow]:
    # What differs from row to row is the end of each address.
    opened, next_after = kept_by(listing.query, ""), next_address(listing.query, "")
    kinds = {kind: listing.visible[kind] for kind in {row.kind for row in rows}}
    kind_names = {kind: str(each.opts.verbose_name) for kind, each in kinds.items()}
    change_urls = {kind: _change_url(each.model) for kind, each in kinds.items()}
    reviewed = {kind for kind, each in kinds.items() if each.has_review_permission(request)}
    states = {state.value: str(state.label) for state in StockState}
    names, day = _names(rows), _day_writer()
    return [
        TableRow(
            key=str(row.pk),
            anchor=row.anchor,
            title=row.title,
            kind=kind_names[row.kind],
            change_url=f"{change_urls[row.kind](row.publication)}?{opened}{row.anchor}",
            review_url=(
                f"{next_after}{row.pk - 1}" if row.awaits_review and row.kind in reviewed else ""
            ),
            state=row.state,
            state_label=states[row.state],
            has_newer_draft=bool(row.draft_since) and row.state == StockState.LIVE,
            awaits_review=row.awaits_review,
            topic=listing.topics.get(row.topic_id or 0, NOTHING),
            people=_people(row, names),
            next_review=day(row.next_review_on),
            is_due=row.is_due,
            draft_since=day(row.draft_since),
            grade=number_format(row.grade, 1) if row.grade else NOTHING,
            is_hard=row.is_hard,
            terms=row.terms,
            broken_links=row.broken_links,
            changed=day(row.changed_at),
            lacks=", ".join(map(str, row.lacks)) or NOTHING,
        )
        for row in rows
    ]


def _change_url(model: Any) -> Callable[[int], str]:
    address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[0])
    before, _zero, behind = address.rpartition("/0/")
    return lambda key: f"{before}/{key}/{behind}"


def _names(rows: Iterable[StockRow]) -> dict[int | None, str]:
    """Names of owners and deputies, by the keys of their accounts."""
    keys = {key for row in rows for key in (row.owner_id, row.deputy_id) if key}
    accounts: Any = get_user_model().objects.filter(pk__in=keys)
    some = accounts.only("first_name", "last_name", "username")
    return {each.pk: each.get_full_name() or each.get_username() for each in some}


def _people(row: StockRow, names: dict[int | None, str]) -> str:
    owner = names.get(row.owner_id, NOTHING)
    return f"{owner}, {names[row.deputy_id]}" if row.deputy_id in names else owner


def _day_writer() -> Callable[[date | None], str]:
    """What writes the days and moments of this answer, in the short form of its language."""
    form, zone = get_format("SHORT_DATE_FORMAT"), timezone.get_current_timezone()

    def written(day: date | None) -> str:
        if day is None:
            return NOTHING
        if isinstance(day, datetime):
            day = day.astimezone(zone)
        return dateformat.format(day, form)

    return written
