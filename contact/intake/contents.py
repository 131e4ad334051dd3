"""What a page of lists holds, for its first look and for every quiet refresh."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from .. import audit, queries
from ..models import CallbackRequest, CallbackRequestQuerySet
from . import lists
from .filters import ALL, CLOSED, OFFERED, OPEN, Filters
from .kept import moment
from .lists import Name
from .narrowing import narrowed
from .paging import Order, Stretch, page_of
from .rows import Row, for_rows, row_of, with_staff

# How many of those due the first page shows, and how many of each later list.
FIRST, GLIMPSE = 20, 10
# The clocks in the rows are never older.
ANEW_EVERY = timedelta(minutes=5)
RESULTS = "results"
ORDER = {
    **lists.ORDER,
    OPEN: Order("turn_at"),
    **dict.fromkeys((CLOSED, ALL, RESULTS), Order("created_at", is_newest_first=True)),
}


class Section(NamedTuple):
    """One list; `before`, `after` and `whole` are the queries of addresses, empty if there is
    nothing there."""

    name: str
    title: str
    rows: list[Row]
    before: str = ""
    after: str = ""
    whole: str = ""

    @property
    def is_mixed(self) -> bool:
        """Whether its rows are on several lists."""
        return self.name in (OPEN, CLOSED, ALL, RESULTS)


# A section still without its rows, and the requests that they are made of.
Part = tuple[Section, list[CallbackRequest]]


class Tab(NamedTuple):
    label: str
    query: str
    number: str
    is_current: bool


class Contents(NamedTuple):
    sections: list[Section]
    counts: dict[str, int]
    mine: CallbackRequest | None
    next_due: str
    now: datetime
    is_understood: bool = True

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]

    @property
    def due(self) -> str:
        """How many are due; empty if nobody is."""
        return self._told(Name.NOW)

    @property
    def late(self) -> str:
        """How many are late; empty if nobody is."""
        return self._told("late")

    @property
    def fingerprint(self) -> str:
        """Other as soon as the page would show something else."""
        shown = [row.fingerprint for row in self.rows]
        mine = self.mine.pk if self.mine else None
        clock = self.now.timestamp() // ANEW_EVERY.total_seconds()
        whole = repr((self.counts, mine, clock, self.next_due, shown))
        return hashlib.blake2b(whole.encode(), digest_size=16).hexdigest()

    @property
    def said(self) -> str:
        """The state of the desk in a few words."""
        words = {"due": self.due or "0", "late": self.late}
        return (_("%(due)s due, %(late)s late") if self.late else _("%(due)s due")) % words

    def _told(self, name: str) -> str:
        return lists.told(self.counts[name]) if self.counts[name] else ""


def contents_of(filters: Filters, account: Any, now: datetime | None = None) -> Contents:
    """A fixed number of queries, whatever the lists hold."""
    now = now or timezone.now()
    is_understood = True
    if filters.search:
        wanted = queries.wanted(queries.opened(filters.search, account))
        is_understood = wanted is not None
        found = [[for_rows(CallbackRequest.objects.filter(wanted))]] if wanted else []
        parts = [_alone(RESULTS, found, filters)]
    elif filters.shown:
        matching = _matching(filters.shown, filters, account, now)
        parts = [_alone(filters.shown, matching, filters)]
    else:
        parts = list(_overview(filters, account, now))
    with_staff([request for _section, requests in parts for request in requests])
    sections = [
        section._replace(rows=[row_of(request, account, now) for request in requests])
        for section, requests in parts
    ]
    mine = CallbackRequest.objects.open().held(now).filter(claimed_by=account)
    return Contents(
        sections,
        lists.counts(now),
        mine.only("pk", "reference").order_by("turn_at", "id").first(),
        _next_due(now),
        now,
        is_understood,
    )


def tabs(contents: Contents, filters: Filters) -> list[Tab]:
    """The lists side by side; filters stay when someone goes from one to the next."""
    kept = Filters({name: value for name, value in filters.chosen.items() if name != "outcome"})
    is_first = not filters.shown and not filters.search
    first = Tab(_("Everything"), kept.query(list=""), "", is_first)
    others = [
        Tab(
            str(name.label),
            kept.query(list=name),
            lists.told(contents.counts[name]),
            filters.shown == name,
        )
        for name in Name
    ]
    return [first, *others]


def note(account: Any, filters: Filters, contents: Contents) -> None:
    """Write into the trail what this person was shown."""
    action = "searched" if filters.search else "listed"
    audit.record(account, action, references=[str(row.request) for row in contents.rows])


def _base(name: str, now: datetime) -> list[CallbackRequestQuerySet]:
    """What this list holds, in stretches that follow one another."""
    everything = CallbackRequest.objects.all()
    match name:
        case "open":
            return [everything.open()]
        case "closed":
            return [everything.filter(closed_at__isnull=False)]
        case "all":
            return [everything]
    return [everything.filter(stretch) for stretch in lists.stretches(name, now)]


def _matching(name: str, filters: Filters, account: Any, now: datetime) -> list[Stretch]:
    return [
        [for_rows(part) for part in narrowed(stretch, filters, account, now)]
        for stretch in _base(name, now)
    ]


def _overview(filters: Filters, account: Any, now: datetime) -> Iterator[Part]:
    """All five, the first one at length."""
    for name in Name:
        size = FIRST if name == Name.NOW else GLIMPSE
        page = page_of(_matching(name, filters, account, now), ORDER[name], None, size)
        whole = filters.query(list=name) if page.after else ""
        yield Section(name, str(name.label), [], whole=whole), page.rows


def _alone(name: str, matching: list[Stretch], filters: Filters) -> Part:
    page = page_of(matching, ORDER[name], filters.cursor)
    section = Section(
        name,
        _("Search results") if name == RESULTS else str(OFFERED["list"][name]),
        [],
        before=filters.query(page=str(page.before)) if page.before else "",
        after=filters.query(page=str(page.after)) if page.after else "",
        whole=filters.query(page="") if filters.cursor else "",
    )
    return section, page.rows


def _next_due(now: datetime) -> str:
    """When the next person's time comes; empty if nobody waits for it."""
    waiting = CallbackRequest.objects.open().filter(due_at__gt=now)
    waiting = waiting.exclude(status=CallbackRequest.Status.LEAD)
    first = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return moment(first, now) if first else ""
