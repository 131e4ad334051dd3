"""When a person may be called: at their own time of day, while the desk is staffed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from .calling_hours import window, zones
from .opening_hours import ONE_DAY, Schedule, Span, moment_of

# For so long after the desk opens, the time of day that they chose is looked for.
SEARCH_HORIZON = timedelta(days=14)


class CallPreferences(NamedTuple):
    """What decides when someone may be called: their choice of the form, their time zone."""

    best_time: str
    time_zone: str


def next_slot(schedule: Schedule, caller: CallPreferences, after: datetime) -> Span:
    """The first stretch, in UTC, in which to call this person, cut at `after`.

    Where the desk is never staffed at the time of day that they chose, any time from 8 a.m. to
    9 p.m. is taken; where it is never staffed then either, those hours on their clock alone.
    """
    anytime = caller._replace(best_time="any")
    for wishes in dict.fromkeys((caller, anytime)):
        if slot := _staffed(schedule, wishes, after):
            return slot
    return preferred_window(anytime, after)


def overlaps_opening_hours(schedule: Schedule, caller: CallPreferences, after: datetime) -> bool:
    """Whether the desk is ever staffed at the time of day that they chose."""
    return _staffed(schedule, caller, after) is not None


def preferred_window(caller: CallPreferences, after: datetime) -> Span:
    """The first stretch of the time of day that they chose, cut at `after`, staffed or not."""
    return next(_day_by_day(caller, window(caller.best_time), after))


def after_minutes(
    schedule: Schedule, caller: CallPreferences, start: datetime, minutes: int
) -> datetime:
    """When so many minutes have passed in which this person could be called."""
    left = timedelta(minutes=minutes)
    slot = next_slot(schedule, caller, start)
    while left > (length := slot.end - slot.start):
        left -= length
        slot = next_slot(schedule, caller, slot.end)
    return slot.start + left


def _staffed(schedule: Schedule, caller: CallPreferences, after: datetime) -> Span | None:
    """The first stretch of the time of day that they chose in which the desk is staffed."""
    opening = schedule.next_opening(after)
    if opening is None:
        return None
    for stretch in _day_by_day(caller, window(caller.best_time), opening):
        if stretch.start >= opening + SEARCH_HORIZON:
            break
        if slot := next(schedule.spans(*stretch), None):
            return slot
    return None


def _day_by_day(
    caller: CallPreferences, hours: tuple[time, time], after: datetime
) -> Iterator[Span]:
    """The stretch of each day in which every clock that may be theirs shows these hours."""
    opens, closes = hours
    clocks = zones(caller.time_zone)
    after = after.astimezone(UTC)
    day = min(after.astimezone(zone).date() for zone in clocks)
    while True:
        start = max(after, *(moment_of(day, opens, zone) for zone in clocks))
        end = min(moment_of(day, closes, zone) for zone in clocks)
        if start < end:
            yield Span(start, end)
        day += ONE_DAY
