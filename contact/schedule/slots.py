"""When a person may be called: at their own time of day, while the desk is staffed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .calling_hours import EARLIEST_CALL, LATEST_CALL, BestTime, possible_zones, window
from .opening_hours import MIDNIGHT, ONE_DAY, Schedule, Span, moment_of

# The time of day that they chose is a wish: kept if the desk can within a day of its next opening.
# The day on which clocks change has 25 hours.
WISH_HORIZON = timedelta(hours=25)
# How long after the next opening to search for any time at which they may be called.
SEARCH_HORIZON = timedelta(days=14)
SHORTEST_TIME = timedelta(microseconds=1)


class CallPreferences(NamedTuple):
    """The time of day that a caller chose on the form, their time zone, and their number's.

    Who may be in danger (`is_urgent`) is called whenever the desk is open.
    """

    best_time: str
    time_zone: str
    number_zones: str = ""
    is_urgent: bool = False


def is_open_at_night(schedule: Schedule) -> bool:
    """Return whether the week has opening hours before 8 a.m. or after 9 p.m. on the desk's clock.

    Special days say nothing of the nights to come.
    """
    return any(
        opens < EARLIEST_CALL or closes > LATEST_CALL or closes == MIDNIGHT
        for hours in schedule.weekly.values()
        for opens, closes in hours
    )


def is_called_at_night(schedule: Schedule, caller: CallPreferences) -> bool:
    """Return whether they are called at any hour: they asked for it, and the desk is open then.

    Who may be in danger need not ask.
    """
    if caller.is_urgent:
        return True
    return caller.best_time == BestTime.NOW and is_open_at_night(schedule)


def next_slot(schedule: Schedule, caller: CallPreferences, after: datetime) -> Span:
    """Return the first span from `after` on, in UTC, in which to call this person.

    If the desk is not staffed within a day at the time of day that they chose, use any time from
    8 a.m. to 9 p.m.; if it is never staffed then either, ignore the opening hours. Only who asked
    to be called at night too is called then, and only by a desk that is open at night.
    """
    if slot := _staffed(schedule, caller, after, WISH_HORIZON):
        return slot
    anytime = caller._replace(best_time="any")
    slot = _staffed(schedule, anytime, after)
    if slot is None:
        return preferred_window(anytime, after)
    # Where that is later, the desk opens anew: within a day of then, it may keep their wish.
    return slot if slot.start <= after else next_slot(schedule, caller, slot.start)


def keeps_wish(schedule: Schedule, caller: CallPreferences, after: datetime) -> bool:
    """Return whether the desk can call at the time of day that they chose, within a day."""
    return _staffed(schedule, caller, after, WISH_HORIZON) is not None


def first_wished(schedule: Schedule, caller: CallPreferences, after: datetime) -> Span | None:
    """Return the first span at the time of day that they chose, however far ahead."""
    return _staffed(schedule, caller, after)


def overlaps_opening_hours(schedule: Schedule, caller: CallPreferences, after: datetime) -> bool:
    """Return whether the desk is staffed at the time of day that they chose, on some day."""
    return first_wished(schedule, caller, after) is not None


def is_called_until(schedule: Schedule, caller: CallPreferences, moment: datetime) -> bool:
    """Return whether the desk is staffed just before `moment`, at some hour of theirs."""
    anytime = caller if caller.best_time == BestTime.NOW else caller._replace(best_time="any")
    slot = _staffed(schedule, anytime, moment - SHORTEST_TIME)
    return slot is not None and slot.start < moment


def preferred_window(caller: CallPreferences, after: datetime) -> Span:
    """Return the first span from `after` on of the time of day that they chose, staffed or not."""
    return next(_day_by_day(_clocks(caller), window(caller.best_time), after))


def after_minutes(
    schedule: Schedule, caller: CallPreferences, start: datetime, minutes: int
) -> datetime:
    """Return the moment by which so many minutes have passed in which they could be called."""
    left = timedelta(minutes=minutes)
    slot = next_slot(schedule, caller, start)
    while left > (length := slot.end - slot.start):
        left -= length
        slot = next_slot(schedule, caller, slot.end)
    return slot.start + left


def _staffed(
    schedule: Schedule,
    caller: CallPreferences,
    after: datetime,
    horizon: timedelta = SEARCH_HORIZON,
) -> Span | None:
    """Return the first staffed span of the time of day that they chose, within the horizon."""
    opening = schedule.next_opening(after)
    if opening is None:
        return None
    if is_called_at_night(schedule, caller):
        # Their own clock does not matter.
        days = _day_by_day((ZoneInfo(schedule.time_zone),), (MIDNIGHT, MIDNIGHT), opening)
    else:
        days = _day_by_day(_clocks(caller), window(caller.best_time), opening)
    for wanted in days:
        if wanted.start >= opening + horizon:
            break
        if slot := next(schedule.spans(*wanted), None):
            return slot
    return None


def _clocks(caller: CallPreferences) -> tuple[ZoneInfo, ...]:
    return possible_zones(caller.time_zone, caller.number_zones)


def _day_by_day(
    clocks: tuple[ZoneInfo, ...], hours: tuple[time, time], after: datetime
) -> Iterator[Span]:
    """Yield, for each day, the span in which all these clocks show these hours."""
    opens, closes = hours
    last_day = ONE_DAY if closes == MIDNIGHT else timedelta()
    after = after.astimezone(UTC)
    day = min(after.astimezone(zone).date() for zone in clocks)
    while True:
        start = max(after, *(moment_of(day, opens, zone) for zone in clocks))
        end = min(moment_of(day + last_day, closes, zone) for zone in clocks)
        if start < end:
            yield Span(start, end)
        day += ONE_DAY
