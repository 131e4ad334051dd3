"""What a page of the queue shows: at first, and at every automatic refresh."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from contact.intake.capped_counts import capped
from contact.intake.colleagues import load_colleagues
from contact.models import CallbackRequest, CallbackRequestQuerySet
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.enums import Priority

from .alarms import take_alarms
from .desk_state import HINTS, load_desk_state
from .row_times import short_time
from .rows import QueueRow, only_row_fields, queue_rows
from .selection import finding, search_tokens
from .selection.filters import ALL_LISTS, CHOICES, CLOSED_LIST, LATE_ONLY, OPEN_LISTS, Filters
from .selection.lists import LIST_ORDER, QueueList, list_conditions
from .selection.narrowing import narrow, staff_filter_id
from .selection.paging import PageQuery, RowOrder, Segment, fetch_page, fetch_pages

# How many rows the page of all lists shows of the first list, and of each other one.
FIRST_LIST_ROWS, OTHER_LIST_ROWS = 20, 10
# Refresh at least this often: rows show relative times.
REFRESH_INTERVAL = timedelta(minutes=5)
RESULTS = "results"
ORDER = {
    **LIST_ORDER,
    OPEN_LISTS: RowOrder("turn_at"),
    **dict.fromkeys(
        (CLOSED_LIST, ALL_LISTS, RESULTS), RowOrder("created_at", is_newest_first=True)
    ),
}
# Requests that are set apart are ordered by arrival, so danger does not lead there.
IN_DANGER = Q(priority=Priority.DANGER, set_apart="")
# Lists by `turn_at` begin with danger by themselves. What is closed is in danger no more.
DANGER_LEADS = {
    name
    for name, order in ORDER.items()
    if order.field != "turn_at" and name not in (CLOSED_LIST, ALL_LISTS)
}


class QueueSection(NamedTuple):
    """One list on the page; the queries lead to its other pages and are empty where none is."""

    name: str
    title: str
    rows: list[QueueRow]
    previous_query: str = ""
    next_query: str = ""
    all_query: str = ""

    @property
    def is_mixed(self) -> bool:
        """Whether its rows are on several lists."""
        return self.name in (OPEN_LISTS, CLOSED_LIST, ALL_LISTS, RESULTS)


# A section whose rows are still to be made of these requests.
UnfinishedSection = tuple[QueueSection, list[CallbackRequest]]


class QueueQuery(NamedTuple):
    """What `account` wants to see.

    `has_passed` and `has_claims` save a query each: whether anybody's hours have passed, and
    whether the person whose requests are wanted holds any.
    """

    filters: Filters
    account: Any
    now: datetime
    has_passed: bool
    has_claims: bool

    @property
    def is_usual(self) -> bool:
        """Whether it is the beginning of a whole list, or of all."""
        return not (self.filters.is_narrowed or self.filters.cursor or self.filters.search)

    def single_list(self, name: str, query: PageQuery) -> UnfinishedSection:
        filters = self.filters
        page = fetch_page(query, filters.cursor, is_usual=self.is_usual)
        title = gettext("Search results") if name == RESULTS else str(CHOICES["list"][name])
        section = QueueSection(
            name,
            title,
            [],
            previous_query=filters.query(page=str(page.before)) if page.before else "",
            next_query=filters.query(page=str(page.after)) if page.after else "",
            all_query=filters.query(page="") if filters.cursor else "",
        )
        return section, page.rows

    def all_lists(self) -> Iterator[UnfinishedSection]:
        """The beginnings of all five lists."""
        queries = [
            self.page_query(name)._replace(
                size=FIRST_LIST_ROWS if name == QueueList.NOW else OTHER_LIST_ROWS
            )
            for name in QueueList
        ]
        pages = fetch_pages(queries, is_usual=self.is_usual)
        for name, page in zip(QueueList, pages, strict=True):
            all_query = self.filters.query(list=name) if page.after else ""
            yield QueueSection(name, str(name.label), [], all_query=all_query), page.rows

    def page_query(self, name: str) -> PageQuery:
        """The rows of this list that fit the filters; danger comes before what is ordinary."""
        parts = self._parts(name)
        query = PageQuery(self._narrowed(parts), ORDER[name])
        if name not in DANGER_LEADS or "priority" in self.filters.chosen:
            return query
        ordinary, danger = (
            [part.filter(each) for part in parts] for each in (~IN_DANGER, IN_DANGER)
        )
        return query._replace(segments=self._narrowed(ordinary), leading=self._narrowed(danger))

    def _narrowed(self, parts: list[CallbackRequestQuerySet]) -> list[Segment]:
        return [self._narrow(only_row_fields(part)) for part in parts]

    def _narrow(self, part: CallbackRequestQuerySet) -> Segment:
        return narrow(part, self.filters, self.account, self.now, has_claims=self.has_claims)

    def _parts(self, name: str) -> list[CallbackRequestQuerySet]:
        """The parts of the list in its order; with "late only", at least all who are late."""
        everything = CallbackRequest.objects.all()
        match name:
            case "open":
                return [everything.open()]
            case "closed":
                return [everything.filter(closed_at__isnull=False)]
            case "all":
                return [everything]
        conditions = list_conditions(
            name, self.now, only_late=self.filters.chosen.get("late") == LATE_ONLY
        )
        if name == QueueList.TODAY and not self.has_passed:
            del conditions[0]
        return [everything.filter(condition) for condition in conditions]


class ListTab(NamedTuple):
    label: str
    query: str
    number: str
    is_current: bool


class QueuePage(NamedTuple):
    """`mine` is the request that the reader holds, `last_viewed_at` when anybody last looked.

    `is_understood`: the words can be searched for. `is_cut`: older requests fit them too. `hints`
    tell leads what else waits for them, `has_handover` that the shift before does.
    """

    sections: list[QueueSection]
    counts: dict[str, int]
    mine: CallbackRequest | None
    next_due: str
    last_viewed_at: datetime | None
    now: datetime
    is_understood: bool = True
    is_cut: bool = False
    alarms: tuple[str, ...] = ()
    hints: Mapping[str, bool] = MappingProxyType({})
    takes_calls: bool = True
    has_handover: bool = False

    @property
    def rows(self) -> list[QueueRow]:
        return [row for section in self.sections for row in section.rows]

    @property
    def due(self) -> str:
        """How many are due; empty if nobody is."""
        return self._capped(QueueList.NOW)

    @property
    def late(self) -> str:
        """How many are late; empty if nobody is."""
        return self._capped("late")

    @property
    def promised_earlier(self) -> str:
        """How many were promised an earlier call before hours or rules changed; or empty."""
        return self._capped("earlier")

    @property
    def fingerprint(self) -> str:
        """Changes whenever the rendered page would change."""
        rows = [row.fingerprint for row in self.rows]
        mine = self.mine.pk if self.mine else None
        interval = self.now.timestamp() // REFRESH_INTERVAL.total_seconds()
        everything = repr((self.counts, mine, interval, self.next_due, rows, self.alarms))
        return hashlib.blake2b(everything.encode(), digest_size=16).hexdigest()

    @property
    def summary(self) -> str:
        """The state of the desk in a few words."""
        words = {"due": self.due or "0", "late": self.late}
        if self.late:
            return gettext("%(due)s due, %(late)s late") % words
        return gettext("%(due)s due") % words

    def _capped(self, name: str) -> str:
        return capped(self.counts[name]) if self.counts[name] else ""


def load_queue_page(filters: Filters, account: Any, now: datetime | None = None) -> QueuePage:
    """The page, in a fixed number of queries, whatever the lists hold."""
    now = now or timezone.now()
    state = load_desk_state(now, account, staff_filter_id(filters, account))
    mine = CallbackRequest(pk=state.pop("mine"), reference=state.pop("reference"))
    next_due, last_viewed_at = state.pop("next_due"), state.pop("last_viewed_at")
    alarms = tuple(take_alarms(state, now).sentences)
    hints = {name: bool(state.pop(name)) for name in HINTS}
    takes_calls, has_handover = state.pop("takes_calls"), bool(state.pop("has_handover"))
    query = QueueQuery(filters, account, now, bool(state["passed"]), state.pop("has_claims"))
    found = _search(filters, account)
    sections = _sections(query, found)
    requests = [request for _section, requests in sections for request in requests]
    load_colleagues(requests)
    rows = iter(queue_rows(requests, account, now))
    return QueuePage(
        [
            section._replace(rows=list(islice(rows, len(of_section))))
            for section, of_section in sections
        ],
        state,
        mine if mine.pk else None,
        short_time(next_due, now) if next_due else "",
        last_viewed_at,
        now,
        is_understood=found is None or found.requests is not None,
        is_cut=found is not None and found.is_cut,
        alarms=alarms,
        hints=hints,
        takes_calls=takes_calls,
        has_handover=has_handover,
    )


def _search(filters: Filters, account: Any) -> finding.SearchResult | None:
    """What was searched for; None if this is no search."""
    if not filters.search:
        return None
    return finding.find(search_tokens.decode_term(filters.search, account))


def _sections(query: QueueQuery, found: finding.SearchResult | None) -> list[UnfinishedSection]:
    filters = query.filters
    if found is not None:
        results = PageQuery([], ORDER[RESULTS])
        if found.requests is not None:
            danger = found.requests.open().filter(IN_DANGER)
            others = found.requests.exclude(IN_DANGER, closed_at=None)
            results = results._replace(
                segments=[[only_row_fields(others)]], leading=[[only_row_fields(danger)]]
            )
        return [query.single_list(RESULTS, results)]
    if filters.list_name:
        return [query.single_list(filters.list_name, query.page_query(filters.list_name))]
    return list(query.all_lists())


def list_tabs(page: QueuePage, filters: Filters) -> list[ListTab]:
    """The lists side by side; the other filters stay when someone changes the list."""
    kept = Filters({name: value for name, value in filters.chosen.items() if name != "outcome"})
    is_everything = not filters.list_name and not filters.search
    everything = ListTab(gettext("Everything"), kept.query(list=""), "", is_everything)
    lists = [
        ListTab(
            str(name.label),
            kept.query(list=name),
            capped(page.counts[name]),
            filters.list_name == name,
        )
        for name in QueueList
    ]
    return [everything, *lists]


def record_look(account: Any, filters: Filters, page: QueuePage) -> None:
    """Put on record which requests this person was shown."""
    action = AuditAction.SEARCHED if filters.search else AuditAction.LISTED
    audit.record(account, action, references=[str(row.request) for row in page.rows])
