"""The hours in which our number is answered, in words, without the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext

from contact.schedule.calling_hours import clock_time, zone_name
from contact.schedule.opening_hours import MIDNIGHT, Hours, Schedule

from .kept_copy import KeptCopy

SPECIAL_DAYS_AHEAD = timedelta(days=14)
# So near, a special day stands beside the number too: who calls then would find us closed.
SHOWN_BESIDE_NUMBER = timedelta(days=1)
ALL_DAY = (Hours(MIDNIGHT, MIDNIGHT),)

opening_hours = KeptCopy(
    "opening_hours.json",
    Schedule.current,
    Schedule.as_json,
    Schedule.from_json,
    Schedule({}, {}, ""),
)
read, write = opening_hours.read, opening_hours.write


class ShownHours(NamedTuple):
    """All stay true on a page that is kept: they name days, and never say "today"."""

    weekly: str = ""
    special: tuple[str, ...] = ()
    # What stands beside the number: the week, and a special day of today or tomorrow.
    beside: str = ""


def shown_hours() -> ShownHours:
    """Return the weekly hours and the special days of the next two weeks; empty if unknown."""
    schedule = read()
    if not any(schedule.weekly.values()):
        return ShownHours()
    today = timezone.localdate()
    special = {
        day: _special(day, hours)
        for day, hours in sorted(schedule.special.items())
        if today <= day <= today + SPECIAL_DAYS_AHEAD
    }
    weekly = _weekly(schedule)
    soon = (words for day, words in special.items() if day <= today + SHOWN_BESIDE_NUMBER)
    return ShownHours(weekly, tuple(special.values()), " · ".join((weekly, *soon)))


def _weekly(schedule: Schedule) -> str:
    by_day: list[Any] = [schedule.weekly.get(day, ()) for day in range(7)]
    if all(hours == ALL_DAY for hours in by_day):
        return gettext("Day and night")
    parts = []
    for hours, group in groupby(range(7), key=by_day.__getitem__):
        if hours:
            days = list(group)
            # A line never ends between a day and its hours.
            parts.append(f"{_days(days[0], days[-1])}\u00a0{_times(hours)}")
    words = {"hours": ", ".join(parts), "zone": zone_name(schedule.time_zone)}
    return gettext("%(hours)s, %(zone)s") % words


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return gettext("Every day")
    if first == last:
        return str(WEEKDAYS_ABBR[first])
    return f"{WEEKDAYS_ABBR[first]}–{WEEKDAYS_ABBR[last]}"


def _times(hours: tuple[Hours, ...]) -> str:
    return ", ".join(_clocks(hours))


def _clocks(hours: tuple[Hours, ...]) -> Iterator[str]:
    for opens, closes in hours:
        if (opens, closes) == ALL_DAY[0]:
            yield gettext("day and night")
        else:
            yield "–".join(clock_time(datetime.combine(date.min, each)) for each in (opens, closes))


def _special(day: date, hours: tuple[Hours, ...]) -> str:
    date_words = f"{date_format(day, 'D')}, {date_format(day, 'MONTH_DAY_FORMAT')}"
    words = {"day": date_words, "hours": _times(hours)}
    return (gettext("%(day)s: %(hours)s") if hours else gettext("%(day)s: closed")) % words
