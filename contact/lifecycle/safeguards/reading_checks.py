"""Looking through the audit trail for unusual reading, a day at a time.

Each round reads the entries of the days since the last one along the index audit_action, at most
MAX_ENTRIES of each action and day.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from contact.lifecycle.changes.transitions import InvalidTransition
from contact.models import AuditEntry, CallbackRequest, Desk, SearchKey, UnusualReading
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.key_marker import all_index_keys
from contact.privacy.matching.name_index import name_sounds
from contact.records.oversight.unusual_reading import ReadingKind, limits
from contact.records.requests import references
from contact.schedule.opening_hours import Schedule

MAX_ENTRIES = 20_000
MAX_DAYS_BACK = 31
MAX_REQUESTS_KEPT = 20
# After a number was shown, a call is expected to be written down within this time.
WRITTEN_DOWN_WITHIN = timedelta(hours=1)
# These actions are a reason to open the card of their request.
WORK = (
    *(AuditAction.RECEIVED, AuditAction.CLAIMED, AuditAction.CALLED, AuditAction.CLOSED),
    *(AuditAction.PLANNED, AuditAction.ASSIGNED, AuditAction.REOPENED, AuditAction.KEPT_OPEN),
    *(AuditAction.DISCLOSED, AuditAction.EXPORTED, AuditAction.HELD, AuditAction.HOLD_LIFTED),
)
type UnusualCounts = dict[tuple[ReadingKind, int], Counter[uuid.UUID]]


class Look(NamedTuple):
    """An account opened a card, or was shown a number."""

    account: int
    request: uuid.UUID
    at: datetime


class DayOfReading(NamedTuple):
    """What accounts opened, were shown and searched in one day, and on what they worked.

    `called` goes on for WRITTEN_DOWN_WITHIN after it.
    """

    opened: list[Look]
    shown: list[Look]
    called: list[Look]
    searched: list[tuple[int, list[str]]]
    worked: set[tuple[int, uuid.UUID]]

    def without_work(self) -> list[Look]:
        """Return the cards opened by accounts that did no work on them that day."""
        return [look for look in self.opened if (look.account, look.request) not in self.worked]


def check_reading() -> int:
    """Look through the days since the last round, today included; return how many were found."""
    now, desk = timezone.now(), Desk.current()
    today = timezone.localdate(now)
    # Whoever was shown a number late in a day may write the call down in the next one.
    over = timezone.localdate(now - WRITTEN_DOWN_WITHIN)
    day = max(desk.reading_checked_on or today, today - timedelta(days=MAX_DAYS_BACK))
    count = 0
    while day <= today:
        count += _check_day(day)
        Desk.objects.filter(pk=desk.pk).update(reading_checked_on=min(day, over))
        day += timedelta(days=1)
    return count


def acknowledge_reading(reading: UnusualReading, by: User, note: str) -> None:
    """Say that somebody looked at it. Raises InvalidTransition if it is one's own, or done."""
    with transaction.atomic():
        locked = UnusualReading.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=reading.pk
        )
        if locked.acknowledged_at or locked.account_id == by.pk:
            raise InvalidTransition("It was acknowledged already, or is one's own reading.")
        locked.acknowledged_at, locked.acknowledged_by, locked.note = timezone.now(), by, note
        locked.save()
        audit.record(by, AuditAction.READING_ACKNOWLEDGED, reading=locked.pk)


def _check_day(day: date) -> int:
    read = _read(day)
    if read is None:
        return 0
    known = limits()
    found: UnusualCounts = defaultdict(Counter)
    for kind, find in FINDERS.items():
        if kind in known:
            for account, request, number in find(read):
                found[kind, account][request] += number
    return sum(
        _keep_if_unusual(day, kind, account, requests, known[kind])
        for (kind, account), requests in found.items()
    )


def _keep_if_unusual(
    day: date, kind: ReadingKind, account: int, requests: Counter[uuid.UUID], least: int
) -> bool:
    """Store a finding, or raise the one that waits; what was acknowledged must grow anew."""
    if kind in (ReadingKind.AGAIN, ReadingKind.SEARCHED):
        # Counted for each request by itself.
        requests = Counter({pk: times for pk, times in requests.items() if times >= least})
        number = max(requests.values(), default=0)
    else:
        number = requests.total()
    earlier = UnusualReading.objects.filter(kind=kind, account=account, day=day)
    if number < least or any(
        each.acknowledged_at and number < each.count + least for each in earlier
    ):
        return False
    ids = [str(pk) for pk, _times in requests.most_common(MAX_REQUESTS_KEPT)]
    values = {"count": number, "least": least, "request_ids": ids}
    if not earlier.filter(acknowledged_at=None).update(**values):
        UnusualReading.objects.create(kind=kind, account_id=account, day=day, **values)
    return True


def _read(day: date) -> DayOfReading | None:
    """Read one day of the trail; None if nothing happened."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    numbers = _numbers(begin, end)
    if numbers is None:
        return None

    def entries(
        action: AuditAction, *fields: str, within: tuple[int, int] = numbers
    ) -> Iterable[tuple]:
        rows = AuditEntry.objects.filter(action=action, number__range=within)
        rows = rows.filter(actor__isnull=False)
        return rows.order_by("number").values_list(*fields)[:MAX_ENTRIES]

    def looks(action: AuditAction, within: tuple[int, int] = numbers) -> list[Look]:
        rows = entries(action, "actor_id", "request_id", "at", within=within)
        return [Look(*row) for row in rows]

    worked = {(look.account, look.request) for action in WORK for look in looks(action)}
    for to, request in entries(AuditAction.HANDED_OVER, "detail__to", "request_id"):
        worked.add((to, request))
    searches = entries(AuditAction.SEARCHED, "actor_id", "detail__references")
    return DayOfReading(
        _opened(looks(AuditAction.VIEWED)),
        looks(AuditAction.REVEALED),
        looks(AuditAction.CALLED, _numbers(begin, end + WRITTEN_DOWN_WITHIN) or numbers),
        [(account, shown or []) for account, shown in searches],
        _with_linked(worked),
    )


def _numbers(begin: datetime, end: datetime) -> tuple[int, int] | None:
    """Return the first and the last number of the entries of this time; None without entries."""
    # Along the index audit_at.
    entries = AuditEntry.objects.filter(at__gte=begin, at__lt=end)
    first = entries.order_by("at", "number").values_list("number", flat=True).first()
    last = entries.order_by("-at", "-number").values_list("number", flat=True).first()
    return None if first is None or last is None else (first, last)


def _opened(viewed: list[Look]) -> list[Look]:
    """Return the cards themselves: what a card shows of others is written after it, at once."""
    first: dict[tuple[int, datetime], Look] = {}
    for look in viewed:
        first.setdefault((look.account, look.at), look)
    return list(first.values())


def _with_linked(worked: set[tuple[int, uuid.UUID]]) -> set[tuple[int, uuid.UUID]]:
    """Work on one request is work on all of its person's."""
    rows = CallbackRequest.objects.filter(pk__in={request for _account, request in worked})
    persons = dict(rows.values_list("pk", "person"))
    linked: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    same = CallbackRequest.objects.filter(person__in=set(persons.values()))
    for request, person in same.values_list("pk", "person"):
        linked[person].append(request)
    return worked | {
        (account, other)
        for account, request in worked
        if request in persons
        for other in linked[persons[request]]
    }


def _many(read: DayOfReading) -> Iterable[tuple[int, uuid.UUID, int]]:
    """Find each account's hour with the most cards; an hour begins with one of them."""
    by_account: dict[int, list[Look]] = defaultdict(list)
    for look in read.without_work():
        by_account[look.account].append(look)
    for account, looks in by_account.items():
        best, start = range(0), 0
        for index, look in enumerate(looks):
            while look.at - looks[start].at > timedelta(hours=1):
                start += 1
            best = max(best, range(start, index + 1), key=len)
        # Opening the same card again is counted by a kind of its own.
        for request in {looks[index].request for index in best}:
            yield account, request, 1


def _closed_desk(read: DayOfReading) -> Iterable[tuple[int, uuid.UUID, int]]:
    schedule = Schedule.current()
    if schedule.is_known:
        for look in read.without_work():
            if not schedule.is_open(look.at):
                yield look.account, look.request, 1


def _again(read: DayOfReading) -> Iterable[tuple[int, uuid.UUID, int]]:
    for look in read.without_work():
        yield look.account, look.request, 1


def _searched(read: DayOfReading) -> Iterable[tuple[int, uuid.UUID, int]]:
    times = Counter((account, each) for account, shown in read.searched for each in set(shown))
    # The rest can't reach any limit.
    often = {key: number for key, number in times.items() if number > 1}
    stored = {references.normalise(reference) for _account, reference in often}
    rows = CallbackRequest.objects.filter(reference__in=stored).values_list("reference", "pk")
    keys = {references.display(reference): pk for reference, pk in rows}
    for (account, reference), number in often.items():
        request = keys.get(reference)
        if request and (account, request) not in read.worked:
            yield account, request, number


def _shown(read: DayOfReading) -> Iterable[tuple[int, uuid.UUID, int]]:
    now, called = timezone.now(), defaultdict(list)
    for look in read.called:
        called[look.account, look.request].append(look.at)
    for look in read.shown:
        is_told = any(at >= look.at for at in called[look.account, look.request])
        if not is_told and look.at < now - WRITTEN_DOWN_WITHIN:
            yield look.account, look.request, 1


def _colleague(read: DayOfReading) -> Iterable[tuple[int, uuid.UUID, int]]:
    looks = {(look.account, look.request) for look in read.without_work()}
    staff = User.objects.filter(is_active=True, is_staff=True).exclude(last_name="")
    sounds = {
        sound
        for name in staff.values_list("last_name", flat=True)
        for key in all_index_keys()
        for sound in name_sounds(name, key)
    }
    opened = {request for _account, request in looks}
    like = SearchKey.objects.filter(request__in=opened, key__in=sounds)
    named = set(like.values_list("request", flat=True))
    for account, request in looks:
        if request in named:
            yield account, request, 1


FINDERS: dict[ReadingKind, Callable[[DayOfReading], Iterable[tuple[int, uuid.UUID, int]]]] = {
    ReadingKind.MANY: _many,
    ReadingKind.CLOSED_DESK: _closed_desk,
    ReadingKind.AGAIN: _again,
    ReadingKind.SEARCHED: _searched,
    ReadingKind.SHOWN: _shown,
    ReadingKind.COLLEAGUE: _colleague,
}
if unfound := set(ReadingKind) - FINDERS.keys():
    raise TypeError(f"Say in {__name__} how to find {', '.join(unfound)}.")
