"""A snapshot of the desk in a file, from which visitors' pages make promises without a database.

`snapshot_writing` writes it in the background process; `read_snapshot` needs no database.
"""

from __future__ import annotations

import json
import logging
import math
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateparse import parse_datetime

from contact.danger.rules import decide
from contact.danger.verdict import PatternRow
from contact.models import (
    DangerPhrase,
)
from contact.records.desk.caller_ids import ShownNumber
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import SHORTEST_TIME, CallPreferences, after_minutes, next_slot

logger = logging.getLogger(__name__)

# An older snapshot may no longer match the queue.
MAX_AGE = timedelta(minutes=10)
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
    phrases: tuple[PatternRow, ...]
    written_at: datetime
    # The latest promise to those of the same hours, also where it lies in their next ones.
    promised_to: tuple[tuple[CallPreferences, datetime], ...] = ()
    # The numbers of the code words of open requests.
    code_words: frozenset[int] = frozenset()
    caller_ids: tuple[ShownNumber, ...] = ()
    # Lines that wait and delay nobody, since many asked from one network, and their latest promise.
    crowd: int = 0
    crowd_promised: datetime | None = None

    def is_fresh(self, now: datetime) -> bool:
        return abs(now - self.written_at) <= MAX_AGE

    def is_open(self, now: datetime) -> bool | None:
        """Return whether the desk is open; None if that is not known for sure."""
        return self.schedule.is_open(now) if self.is_fresh(now) and self.schedule.is_known else None

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

    def behind_crowd(self, asked: int) -> DeskSnapshot:
        """Return the desk as it is for one of many who asked from one network.

        `asked`: how many of them came before; the snapshot may know of fewer. Whoever asks
        elsewhere meanwhile does not wait for them, so half of the desk's time is not theirs.
        """
        promises = [each for each in (self.promised, self.crowd_promised) if each]
        return self._replace(
            minutes_per_call=2 * self.minutes_per_call,
            due=self.due + max(asked, self.crowd),
            promised=max(promises, default=None),
        )

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


def read_snapshot() -> DeskSnapshot | None:
    """Return the latest snapshot; None if it is missing or unreadable. Never raises."""
    try:
        path = snapshot_path()
        status = path.stat()
        return _load(path, status.st_ino, status.st_mtime_ns)
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - a form without a promise is still a form
        logger.error("the desk snapshot can't be read (%s)", type(error).__name__)
        return None


@lru_cache(maxsize=1)
def _load(path: Path, inode: int, changed_ns: int) -> DeskSnapshot:
    return _parsed(json.loads(path.read_text()))


def danger_rows() -> tuple[PatternRow, ...]:
    """Return the rows by which danger is found, from the database if there is no snapshot."""
    snapshot = read_snapshot()
    return snapshot.phrases if snapshot else DangerPhrase.objects.rows()


def prepare_danger() -> None:
    """Compile the patterns of the snapshot, which takes a second, before a visitor needs them."""
    if snapshot := read_snapshot():
        decide(snapshot.phrases)


def snapshot_path() -> Path:
    return _snapshot_path(settings.DATA_DIR)


# Each form that is sent asks for it several times.
@lru_cache(maxsize=4)
def _snapshot_path(data: str | Path) -> Path:
    return Path(data) / "bulletin.json"


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
        int(values.get("crowd", 0)),
        _moment(values["crowd_promised"]) if values.get("crowd_promised") else None,
    )


def _row(values: Any) -> PatternRow:
    """A release before wrote the words alone, or no points."""
    if isinstance(values, str):
        return PatternRow(values)
    words, kind, language, can_be_past, *points = values
    return PatternRow(str(words), str(kind), str(language), bool(can_be_past), *map(int, points))


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError("not a moment")
    return moment


def _rounded_up(moment: datetime, step: timedelta) -> datetime:
    start = datetime.min.replace(tzinfo=moment.tzinfo)
    return moment + (start - moment) % step
