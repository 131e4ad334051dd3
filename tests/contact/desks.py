"""Schedules and clocks for tests of opening hours, slots and retry rules."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from contact.schedule.opening_hours import Hours, Schedule, Span

PHOENIX, NEW_YORK = "America/Phoenix", "America/New_York"
STEP = timedelta(minutes=15)


def hours(*intervals):
    """Opening hours of a day: hours("9:00-12:00", "13:00-17:00")."""
    return tuple(Hours(*(clock(end) for end in interval.split("-"))) for interval in intervals)


def clock(text):
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def desk(*intervals, zone=PHOENIX, days=range(5), special=None):
    return Schedule({day: hours(*intervals) for day in days}, special or {}, zone)


def at(text, zone="UTC", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def span(start, end, zone="UTC"):
    return Span(at(start, zone), at(end, zone))


def is_within(intervals, shown):
    return any(
        opens <= shown and (closes == time(0) or shown < closes) for opens, closes in intervals
    )


def is_staffed(schedule, moment):
    """Return what a person would read from the wall clock and the calendar."""
    local = moment.astimezone(ZoneInfo(schedule.time_zone))
    today = schedule.special.get(local.date(), schedule.weekly.get(local.weekday(), ()))
    return is_within(today, local.time())


def moments(start, end):
    """Yield every quarter of an hour, in UTC."""
    moment, end = start.astimezone(UTC), end.astimezone(UTC)
    while moment < end:
        yield moment
        moment += STEP


def joined(good):
    """Join consecutive quarters of an hour into spans."""
    good = list(good)
    breaks = [i for i, (a, b) in enumerate(pairwise(good), 1) if b - a != STEP]
    edges = [0, *breaks, len(good)]
    return [Span(good[a], good[b - 1] + STEP) for a, b in pairwise(edges)] if good else []
