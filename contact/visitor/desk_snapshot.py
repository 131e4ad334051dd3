"""What visitors' pages know of the desk: a file, so that they need no database.

`write` asks the database, from the background process; `read` and what it gives never do.
"""

from __future__ import annotations

import json
import logging
import math
import os
from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from contact.lifecycle.claims import CLAIM_LEASE
from contact.models import CallAttempt, CallbackRequest, DangerPhrase
from contact.records.desk import Desk
from contact.records.enums import Priority
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences, after_minutes, next_slot

logger = logging.getLogger(__name__)

RENEW_AFTER = timedelta(seconds=30)
# Older than this, the queue may be another one by now.
GOOD_FOR = timedelta(minutes=10)
# Who becomes due later than this has no say in what a visitor is told now.
AHEAD = timedelta(days=3)
# Nobody can foresee a queue for longer, in minutes of work.
FORESEEABLE = 7 * 24 * 60
HALF_HOUR = timedelta(minutes=30)
AN_INSTANT = timedelta(microseconds=1)


class Bulletin(NamedTuple):
    schedule: Schedule
    target_minutes: int
    minutes_per_call: int
    # How many wait to be called now, and how many more from when on.
    due: int
    ahead: tuple[tuple[datetime, int], ...]
    at_desk: int
    phrases: tuple[str, ...]
    written_at: datetime

    def promise(self, caller: CallPreferences, now: datetime) -> datetime | None:
        """By when the desk will call; None where nothing can be said honestly."""
        is_fresh = abs(now - self.written_at) <= GOOD_FOR
        if not (is_fresh and self.schedule.is_known and self.schedule.next_opening(now)):
            return None
        turn = self._turn(caller, now)
        if turn is None:
            return None
        latest = max(
            after_minutes(self.schedule, caller, now, self.target_minutes),
            after_minutes(self.schedule, caller, turn, self._minutes_for(1)),
        )
        slot = next_slot(self.schedule, caller, latest - AN_INSTANT)
        if not self.schedule.is_open(slot.start):
            return None
        rounded = _rounded_up(latest, HALF_HOUR)
        return rounded if rounded <= slot.end else _rounded_up(latest, timedelta(minutes=1))

    def _turn(self, caller: CallPreferences, now: datetime) -> datetime | None:
        """When those who come before this caller have been called; None: too far off to say."""
        if (
            self._minutes_for(self.due + sum(people for _due_at, people in self.ahead))
            > FORESEEABLE
        ):
            return None
        # The desk calls whoever can be called: not only at the hours that this caller chose.
        anyone = CallPreferences("any", self.schedule.time_zone)
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


def write() -> bool:
    """Renew the file if the desk changed or its date grows old; say whether it did."""
    fresh, last = _from_database(timezone.now()), read()
    if last and last._replace(written_at=fresh.written_at) == fresh:
        age = fresh.written_at - last.written_at
        if timedelta() <= age < RENEW_AFTER:
            return False
    values = fresh._asdict() | {
        "schedule": fresh.schedule.as_json(),
        "ahead": [(due_at.isoformat(), people) for due_at, people in fresh.ahead],
        "written_at": fresh.written_at.isoformat(),
    }
    path = _path()
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        json.dump(values, file)
    temporary.replace(path)
    return True


def read() -> Bulletin | None:
    """The latest one; None if there is none that can be read. Never an error."""
    try:
        status = _path().stat()
        return _load(_path(), status.st_ino, status.st_mtime_ns)
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - a form without a promise is still a form
        logger.error("the bulletin can't be read (%s)", type(error).__name__)
        return None


@lru_cache(maxsize=1)
def _load(path: Path, inode: int, changed_ns: int) -> Bulletin:
    return _parsed(json.loads(path.read_text()))


def _path() -> Path:
    return Path(settings.DATA_DIR) / "bulletin.json"


def _parsed(values: dict[str, Any]) -> Bulletin:
    schedule = Schedule.from_json(values["schedule"])
    ZoneInfo(schedule.time_zone)
    return Bulletin(
        schedule,
        int(values["target_minutes"]),
        int(values["minutes_per_call"]),
        int(values["due"]),
        tuple((_moment(due_at), int(people)) for due_at, people in values["ahead"]),
        max(1, int(values["at_desk"])),
        tuple(str(words) for words in values["phrases"]),
        _moment(values["written_at"]),
    )


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError("not a moment")
    return moment


def _from_database(now: datetime) -> Bulletin:
    desk = Desk.current()
    waiting = (
        CallbackRequest.objects.open()
        .filter(status__in=CallbackRequest.CALLABLE, due_at__lte=now + AHEAD)
        .exclude(priority__in=[each for each in Priority if not each.facts.is_counted])
    )
    later = waiting.filter(due_at__gt=now).values_list("due_at").annotate(Count("pk"))
    ahead: Counter[datetime] = Counter()
    for due_at, people in later.order_by("due_at"):
        # By the hour, rounded to the visitor's disadvantage.
        ahead[due_at.replace(minute=0, second=0, microsecond=0)] += people
    schedule = Schedule.current()
    return Bulletin(
        schedule,
        desk.target_minutes,
        desk.minutes_per_call,
        waiting.filter(due_at__lte=now).count(),
        tuple(ahead.items()),
        # Of the night nobody knows how many come in the morning: one.
        max(1, len(_at_work(now))) if schedule.is_open(now) else 1,
        tuple(DangerPhrase.objects.values_list("words", flat=True)),
        now,
    )


def _at_work(now: datetime) -> set[Any]:
    """The accounts that took or made a call in the last hour."""
    an_hour_ago = now - timedelta(hours=1)
    claims = CallbackRequest.objects.filter(claimed_until__gt=an_hour_ago + CLAIM_LEASE)
    calls = CallAttempt.objects.filter(at__gt=an_hour_ago)
    return {
        *claims.order_by().values_list("claimed_by", flat=True).distinct(),
        *calls.order_by().values_list("by", flat=True).distinct(),
    }


def _rounded_up(moment: datetime, step: timedelta) -> datetime:
    start = datetime.min.replace(tzinfo=moment.tzinfo)
    return moment + (start - moment) % step
