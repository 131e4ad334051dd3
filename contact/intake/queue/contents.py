"""What a page of lists holds, for its first look and for every quiet refresh."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.intake.capped_counts import capped
from contact.intake.colleagues import load_colleagues
from contact.models import CallbackRequest, CallbackRequestQuerySet
from contact.privacy import audit

from . import lists, search_tokens
from .filters import ALL, CLOSED, OFFERED, OPEN, Filters
from .lists import Name
from .narrowing import narrowed, whose
from .paging import Order, Stretch, Wanted, page_of, pages_of
from .row_times import short_time
from .rows import Row, for_rows, row_of

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


class View(NamedTuple):
    """What somebody wants to see, whether anybody's hours have passed, and whether the person
    whose requests are wanted holds any."""

    filters: Filters
    account: Any
    now: datetime
    has_passed: bool
    holds: bool

    def alone(self, name: str, matching: list[Stretch]) -> Part:
        """One list, by the page."""
        filters = self.filters
        page = page_of(Wanted(matching, ORDER[name]), filters.cursor)
        section = Section(
            name,
            _("Search results") if name == RESULTS else str(OFFERED["list"][name]),
            [],
            before=filters.query(page=str(page.before)) if page.before else "",
            after=filters.query(page=str(page.after)) if page.after else "",
            whole=filters.query(page="") if filters.cursor else "",
        )
        return section, page.rows

    def overview(self) -> Iterator[Part]:
        """All five, the first one at length."""
        wanted = [
            Wanted(self.matching(name), ORDER[name], FIRST if name == Name.NOW else GLIMPSE)
            for name in Name
        ]
        for name, page in zip(Name, pages_of(wanted), strict=True):
            whole = self.filters.query(list=name) if page.after else ""
            yield Section(name, str(name.label), [], whole=whole), page.rows

    def matching(self, name: str) -> list[Stretch]:
        """What this list holds of what the filters choose."""
        return [
            [for_rows(part) for part in self._narrowed(stretch)]
            for stretch in self._stretches(name)
        ]

    def _narrowed(self, stretch: CallbackRequestQuerySet) -> list[CallbackRequestQuerySet]:
        return narrowed(stretch, self.filters, self.account, self.now, holds=self.holds)

    def _stretches(self, name: str) -> list[CallbackRequestQuerySet]:
        """What this list holds, or at least all who are late if only they are wanted."""
        everything = CallbackRequest.objects.all()
        match name:
            case "open":
                return [everything.open()]
            case "closed":
                return [everything.filter(closed_at__isnull=False)]
            case "all":
                return [everything]
        stretches = lists.stretches(name, self.now, is_late="late" in self.filters.chosen)
        if name == Name.TODAY and not self.has_passed:
            del stretches[0]
        return [everything.filter(stretch) for stretch in stretches]


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
    looked_at: datetime | None
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
        return capped(self.counts[name]) if self.counts[name] else ""


def contents_of(filters: Filters, account: Any, now: datetime | None = None) -> Contents:
    """A fixed number of queries, whatever the lists hold."""
    now = now or timezone.now()
    desk = _desk(filters, account, now)
    mine = CallbackRequest(pk=desk.pop("mine"), reference=desk.pop("reference"))
    next_due, looked_at = desk.pop("next_due"), desk.pop("seen_at")
    view = View(filters, account, now, bool(desk["passed"]), desk.pop("holds"))
    is_understood = True
    if filters.search:
        wanted = search_tokens.wanted(search_tokens.opened(filters.search, account))
        is_understood = wanted is not None
        found = [[for_rows(CallbackRequest.objects.filter(wanted))]] if wanted else []
        parts = [view.alone(RESULTS, found)]
    elif filters.shown:
        parts = [view.alone(filters.shown, view.matching(filters.shown))]
    else:
        parts = list(view.overview())
    load_colleagues([request for _section, requests in parts for request in requests])
    sections = [
        section._replace(rows=[row_of(request, account, now) for request in requests])
        for section, requests in parts
    ]
    return Contents(
        sections,
        desk,
        mine if mine.pk else None,
        short_time(next_due, now) if next_due else "",
        looked_at,
        now,
        is_understood,
    )


def _desk(filters: Filters, account: Any, now: datetime) -> dict[str, Any]:
    """The counts, which request `account` holds, whether the person whose requests are wanted
    holds any, when the next one's time comes, and when somebody last looked; one query."""
    open_requests = CallbackRequest.objects.open()
    held = open_requests.held(now).filter(claimed_by=account).order_by("turn_at", "id")
    theirs = CallbackRequest.objects.held(now).filter(claimed_by=whose(filters, account))
    waiting = open_requests.filter(due_at__gt=now).exclude(status=CallbackRequest.Status.LEAD)
    return lists.counts(
        now,
        mine=Subquery(held.values("pk")[:1]),
        reference=Subquery(held.values("reference")[:1]),
        holds=Exists(theirs),
        next_due=Subquery(waiting.order_by("due_at").values("due_at")[:1]),
        seen_at=F("looked_at"),
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
            capped(contents.counts[name]),
            filters.shown == name,
        )
        for name in Name
    ]
    return [first, *others]


def note(account: Any, filters: Filters, contents: Contents) -> None:
    """Write into the trail what this person was shown."""
    action = "searched" if filters.search else "listed"
    audit.record(account, action, references=[str(row.request) for row in contents.rows])
