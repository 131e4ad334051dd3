"""A snapshot of the desk in a file, from which visitors' pages make promises without a database.

`write_snapshot` runs in the background process; `read_snapshot` needs no database.
"""

from __future__ import annotations

import json
import logging
import math
import os
from collections import Counter
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from contact.danger.rules import decide
from contact.danger.verdict import Row
from contact.lifecycle.team.claims import CLAIM_LEASE
from contact.models import (
    CallAttempt,
    CallbackRequest,
    CallbackRequestQuerySet,
    CallerId,
    DangerPhrase,
)
from contact.records.desk.caller_ids import ShownNumber
from contact.records.desk.desk import Desk
from contact.records.enums import Priority
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import SHORTEST_TIME, CallPreferences, after_minutes, next_slot

logger = logging.getLogger(__name__)

RENEW_AFTER = timedelta(seconds=30)
# An older snapshot may no longer match the queue.
MAX_AGE = timedelta(minutes=10)
# Ignore requests that become due later than this when estimating.
ESTIMATE_AHEAD = timedelta(days=3)
# A longer queue, in minutes of work, makes every estimate a guess.
MAX_MINUTES_AHEAD = 7 * 24 * 60
HALF_HOUR = timedelta(minutes=30)


class DeskSnapshot(NamedTuple):
    schedule: Schedule
    target_minutes: int
    minutes_per_call: int
    # On how many lines somebody is due now, and on how many more at each hour.
    due: int
    ahead: tuple[tuple[datetime, int], ...]
    # The latest promise, within the hours in which they can be called now, to somebody who waits
    # for their first call. A line that asks often counts with its first.
    promised: datetime | None
    at_desk: int
    phrases: tuple[Row, ...]
    written_at: datetime
    # The latest promise to those of the same hours, also where it lies in their next ones.
    promised_to: tuple[tuple[CallPreferences, datetime], ...] = ()
    # The numbers of the code words of open requests.
    code_words: frozenset[int] = frozenset()
    caller_ids: tuple[ShownNumber, ...] = ()

    def is_fresh(self, now: datetime) -> bool:
        return abs(now - self.written_at) <= MAX_AGE

    def is_open(self, now: datetime) -> bool | None:
        """Return whether the desk is open; None if that is not known for sure."""
        if abs(now - self.written_at) > MAX_AGE or not self.schedule.is_known:
            return None
        return self.schedule.is_open(now)

    def promise(self, caller: CallPreferences, now: datetime) -> datetime | None:
        """Return by when the desk will call; None if there is no honest estimate."""
        if not (self.is_fresh(now) and self.schedule.is_known and self.schedule.next_opening(now)):
            return None
        turn = self._turn_of(caller, now)
        if turn is None:
            return None
        latest = max(
            after_minutes(self.schedule, caller, now, self.target_minutes),
            after_minutes(self.schedule, caller, turn, self._minutes_for(1)),
            self._not_before(caller, now),
        )
        slot = next_slot(self.schedule, caller, latest - SHORTEST_TIME)
        if not self.schedule.is_open(slot.start):
            return None
        rounded = _rounded_up(latest, HALF_HOUR)
        return rounded if rounded <= slot.end else _rounded_up(latest, timedelta(minutes=1))

    def _not_before(self, caller: CallPreferences, now: datetime) -> datetime:
        """Return the caller's first moment from the latest promise on.

        Whoever asks later is promised no earlier call because more colleagues are there now.
        """
        alike = [promise for to, promise in self.promised_to if to == caller]
        promised = max([*alike, *([self.promised] if self.promised else [])], default=now)
        if promised <= now:
            return now
        slot = next_slot(self.schedule, caller, promised - SHORTEST_TIME)
        return max(promised, slot.start)

    def _turn_of(self, caller: CallPreferences, now: datetime) -> datetime | None:
        """Return when the queue before this caller is done; None if it is too long."""
        if (
            self._minutes_for(self.due + sum(people for _due_at, people in self.ahead))
            > MAX_MINUTES_AHEAD
        ):
            return None
        # The desk works through the queue at all hours, not only at those this caller chose.
        anyone = CallPreferences("now", self.schedule.time_zone)
        turn = now
        for due_at, people in [(now, self.due), *self.ahead]:
            if due_at > next_slot(self.schedule, caller, turn).start:
                break
            if people:
                minutes = self._minutes_for(people)
                turn = after_minutes(self.schedule, anyone, max(turn, due_at), minutes)
        return turn

    def _minutes_for(self, people: int) -> int:
        return math.ceil(people * self.minutes_per_call / self.at_desk)


def write_snapshot() -> bool:
    """Write the file if the desk changed or the last one ages; return whether it was written."""
    fresh, last = _from_database(timezone.now()), read_snapshot()
    if last and last._replace(written_at=fresh.written_at) == fresh:
        age = fresh.written_at - last.written_at
        if timedelta() <= age < RENEW_AFTER:
            return False
    values = fresh._asdict() | {
        "schedule": fresh.schedule.as_json(),
        "ahead": [(due_at.isoformat(), people) for due_at, people in fresh.ahead],
        "promised": fresh.promised.isoformat() if fresh.promised else "",
        "promised_to": [[*to[:3], promise.isoformat()] for to, promise in fresh.promised_to],
        "written_at": fresh.written_at.isoformat(),
        "code_words": sorted(fresh.code_words),
        "caller_ids": [(*row[:2], row.verified_on.isoformat()) for row in fresh.caller_ids],
    }
    path = _path()
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        # At once, in C: `json.dump` takes three times as long.
        file.write(json.dumps(values))
    temporary.replace(path)
    return True


def read_snapshot() -> DeskSnapshot | None:
    """Return the latest snapshot; None if it is missing or unreadable. Never raises."""
    try:
        status = _path().stat()
        return _load(_path(), status.st_ino, status.st_mtime_ns)
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - a form without a promise is still a form
        logger.error("the desk snapshot can't be read (%s)", type(error).__name__)
        return None


@lru_cache(maxsize=1)
def _load(path: Path, inode: int, changed_ns: int) -> DeskSnapshot:
    return _parsed(json.loads(path.read_text()))


def danger_rows() -> tuple[Row, ...]:
    """Return the rows by which danger is found, from the database if there is no snapshot."""
    snapshot = read_snapshot()
    return snapshot.phrases if snapshot else DangerPhrase.objects.rows()


def prepare_danger() -> None:
    """Compile the patterns of the snapshot, which takes a second, before a visitor needs them."""
    if snapshot := read_snapshot():
        decide(snapshot.phrases)


def _path() -> Path:
    return Path(settings.DATA_DIR) / "bulletin.json"


def _parsed(values: dict[str, Any]) -> DeskSnapshot:
    schedule = Schedule.from_json(values["schedule"])
    ZoneInfo(schedule.time_zone)
    return DeskSnapshot(
        schedule,
        int(values["target_minutes"]),
        int(values["minutes_per_call"]),
        int(values["due"]),
        tuple((_moment(due_at), int(people)) for due_at, people in values["ahead"]),
        _moment(values["promised"]) if values.get("promised") else None,
        max(1, int(values["at_desk"])),
        tuple(_row(values) for values in values["phrases"]),
        _moment(values["written_at"]),
        tuple(
            (CallPreferences(*to), _moment(promise))
            for *to, promise in values.get("promised_to", ())
        ),
        # A release before wrote none: until the next snapshot, its requests have none either.
        frozenset(map(int, values.get("code_words", ()))),
        tuple(
            ShownNumber(str(phone), str(name), date.fromisoformat(day))
            for phone, name, day in values.get("caller_ids", ())
        ),
    )


def _row(values: Any) -> Row:
    """A release before wrote the words alone, or no points."""
    if isinstance(values, str):
        return Row(values)
    words, kind, language, can_be_past, *points = values
    return Row(str(words), str(kind), str(language), bool(can_be_past), *map(int, points))


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError("not a moment")
    return moment


def _from_database(now: datetime) -> DeskSnapshot:
    desk = Desk.current()
    waiting = (
        CallbackRequest.objects.open()
        .filter(status__in=CallbackRequest.CALLABLE, due_at__lte=now + ESTIMATE_AHEAD)
        .exclude(priority__in=[each for each in Priority if not each.facts.delays_others])
    )
    # A line that asks often takes one call, the first.
    first_due = waiting.order_by().values("line_index").annotate(first=Min("due_at"))
    due, ahead = 0, Counter[datetime]()
    for due_at in sorted(first_due.values_list("first", flat=True)):
        if due_at <= now:
            due += 1
        else:
            # Rounded down to the hour, so that estimates are late rather than early.
            ahead[due_at.replace(minute=0, second=0, microsecond=0)] += 1
    schedule = Schedule.current()
    promised, promised_to = _promised(waiting.filter(due_at__lte=now), now)
    return DeskSnapshot(
        schedule,
        desk.target_minutes,
        desk.minutes_per_call,
        due,
        tuple(ahead.items()),
        promised,
        # Outside opening hours, assume one person on duty.
        max(1, len(_accounts_at_work(now))) if schedule.is_open(now) else 1,
        DangerPhrase.objects.rows(),
        now,
        promised_to,
        _code_words_taken(),
        CallerId.objects.shown(),
    )


def _promised(
    due: CallbackRequestQuerySet, now: datetime
) -> tuple[datetime | None, tuple[tuple[CallPreferences, datetime], ...]]:
    """Return the latest promise within their present hours, and the latest for each kind of hours.

    Somebody whose hours end soon is promised a call in their next ones, which says nothing of how
    long others wait.
    """
    first: dict[str, CallbackRequest] = {}
    columns = ("line_index", "promised_by", "due_until", "best_time", "time_zone", "number_zones")
    for row in due.filter(tries=0, promised_by__gt=now).only(*columns).order_by("promised_by"):
        first.setdefault(row.line_index, row)
    latest: datetime | None = None
    alike: dict[CallPreferences, datetime] = {}
    for row in first.values():
        if row.promised_by is None or row.due_until is None:
            continue
        alike[CallPreferences(row.best_time, row.time_zone, row.number_zones)] = row.promised_by
        if row.promised_by <= row.due_until:
            latest = row.promised_by
    return latest, tuple(sorted(alike.items()))


def _code_words_taken() -> frozenset[int]:
    given = CallbackRequest.objects.open().filter(code_words__isnull=False)
    numbers = given.values_list("code_words", flat=True)
    return frozenset(number for number in numbers if number is not None)


def _accounts_at_work(now: datetime) -> set[Any]:
    """Return the accounts that claimed a request or made a call in the last hour."""
    an_hour_ago = now - timedelta(hours=1)
    claims = CallbackRequest.objects.filter(claimed_until__gt=an_hour_ago + CLAIM_LEASE)
    calls = CallAttempt.objects.standing().filter(at__gt=an_hour_ago)
    return {
        *claims.order_by().values_list("claimed_by", flat=True).distinct(),
        *calls.order_by().values_list("by", flat=True).distinct(),
    }


def _rounded_up(moment: datetime, step: timedelta) -> datetime:
    start = datetime.min.replace(tzinfo=moment.tzinfo)
    return moment + (start - moment) % step
