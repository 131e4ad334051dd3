"""When a person may be called: at their own local time, 8 a.m. to 9 p.m.

The hours are those of 47 CFR 64.1200(c)(1), taken as the safe default.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

EARLIEST_CALL, LATEST_CALL = time(8), time(21)
# The zones at both ends of the mainland, for numbers without an area.
MAINLAND = ("America/Los_Angeles", "America/New_York")


class BestTime(TextChoices):
    """The time of day, on the caller's own clock, at which they want a call."""

    ANY = "any", _("Any time")
    MORNING = "morning", _("Morning (8 a.m. to noon)")
    AFTERNOON = "afternoon", _("Afternoon (noon to 5 p.m.)")
    EVENING = "evening", _("Evening (5 to 9 p.m.)")
    # Where the desk is not open at night, the same as any time.
    NOW = "now", _("As soon as you can, also at night")

    @property
    def window(self) -> tuple[time, time]:
        """The first and the last moment of it by day."""
        match self:
            case BestTime.ANY | BestTime.NOW:
                return EARLIEST_CALL, LATEST_CALL
            case BestTime.MORNING:
                return time(8), time(12)
            case BestTime.AFTERNOON:
                return time(12), time(17)
            case BestTime.EVENING:
                return time(17), time(21)
        assert_never(self)


@cache
def known_zones() -> frozenset[str]:
    """Return all IANA names; cached, because finding them reads the whole time zone folder."""
    return frozenset(available_timezones())


class CallersTime(NamedTuple):
    """The caller's clock; without a time zone, those that their number may have."""

    clocks: tuple[datetime, ...]
    is_known: bool
    is_by_number: bool

    @property
    def is_callable(self) -> bool:
        return self.is_within(EARLIEST_CALL, LATEST_CALL)

    def is_within(self, start: time, end: time) -> bool:
        return all(start <= clock.time() < end for clock in self.clocks)

    def __str__(self) -> str:
        times = [f"{date_format(clock, 'D')} {clock_time(clock)}" for clock in self.clocks]
        words = {"time": times[0], "zone": self.clocks[0].tzname(), "last": times[-1]}
        if self.is_known:
            return gettext("%(time)s %(zone)s for them") % words
        if not self.is_by_number:
            return (
                gettext(
                    "Time zone not given; on the mainland %(time)s (Los Angeles) to "
                    "%(last)s (New York)"
                )
                % words
            )
        if len(times) == 1:
            return gettext("Time zone not given; by their number %(time)s %(zone)s") % words
        return gettext("Time zone not given; by their number %(time)s to %(last)s") % words


class CallAdvice(NamedTuple):
    """Whether to call now: a short label, and the reason in words."""

    label: str
    words: str
    is_good: bool

    def __str__(self) -> str:
        return f"{self.label}: {self.words}"


def possible_zones(time_zone: str, by_number: str = "") -> tuple[ZoneInfo, ...]:
    """Return the caller's zone or, if it is unknown, those of their number.

    Where that has none, such as 888, those at both ends of the mainland.
    """
    wanted = time_zone.split() if time_zone in known_zones() else by_number.split()
    names = [name for name in wanted if name in known_zones()] or MAINLAND
    return tuple(ZoneInfo(name) for name in names)


def callers_time(
    time_zone: str, moment: datetime | None = None, by_number: str = ""
) -> CallersTime:
    moment = moment or timezone.now()
    clocks = tuple(moment.astimezone(zone) for zone in possible_zones(time_zone, by_number))
    return CallersTime(clocks, time_zone in known_zones(), bool(by_number))


def callers_time_words(time_zone: str, moment: datetime, by_number: str = "") -> str:
    """Return the caller's time in words; of a page's many rows, few differ in it."""
    return _callers_time_words(time_zone, by_number, _minute(moment), get_language() or "")


@lru_cache(maxsize=1024)
def _callers_time_words(time_zone: str, by_number: str, minute: datetime, language: str) -> str:
    return str(callers_time(time_zone, minute, by_number))


def _minute(moment: datetime) -> datetime:
    """Return the minute as clocks show it; hours for calls begin and end with one."""
    return moment.replace(second=0, microsecond=0)


def window(best_time: str) -> tuple[time, time]:
    """Return when to call, on the caller's clock. Unknown choices count as any time."""
    return BestTime(best_time if best_time in BestTime.values else BestTime.ANY).window


@cache
def _window_words(best_time: str, language: str) -> tuple[str, str]:
    """Both ends of the hours they chose, as pages in this language write them."""
    start, end = window(best_time)
    return _hour_words(start), _hour_words(end)


def _hour_words(hour: time) -> str:
    return clock_time(datetime.combine(datetime.min, hour))


def when_to_call(
    best_time: str,
    time_zone: str,
    now: datetime | None = None,
    by_number: str = "",
    *,
    at_night: bool = False,
) -> CallAdvice:
    """Say whether to call now, with the caller's local time and the hours they chose.

    `at_night`: they are called at any hour, as they asked or because they may be in danger.
    """
    minute, language = _minute(now or timezone.now()), get_language() or ""
    return _advice(best_time, time_zone, by_number, minute, language, at_night=at_night)


@lru_cache(maxsize=1024)
def _advice(
    best_time: str,
    time_zone: str,
    by_number: str,
    minute: datetime,
    language: str,
    *,
    at_night: bool,
) -> CallAdvice:
    start, end = _window_words(best_time, language)
    local = callers_time(time_zone, minute, by_number)
    words = {"start": start, "end": end, "local": local}
    if at_night:
        return CallAdvice(gettext("Now"), gettext("%(local)s (call at any hour)") % words, True)
    if not local.is_callable:
        return CallAdvice(
            gettext("Not now"),
            gettext("%(local)s (call %(start)s\u00a0to\u00a0%(end)s)") % words,
            False,
        )
    if not local.is_within(*window(best_time)):
        return CallAdvice(
            gettext("Asked for %(start)s\u00a0to\u00a0%(end)s") % words, str(local), False
        )
    return CallAdvice(
        gettext("Now"), gettext("%(local)s (%(start)s\u00a0to\u00a0%(end)s)") % words, True
    )


ZONE_NAMES = {
    "America/New_York": _("Eastern time"),
    "America/Chicago": _("Central time"),
    "America/Denver": _("Mountain time"),
    "America/Phoenix": _("Arizona time"),
    "America/Shiprock": _("Navajo Nation time"),
    "America/Los_Angeles": _("Pacific time"),
    "America/Anchorage": _("Alaska time"),
    "Pacific/Honolulu": _("Hawaii time"),
    "America/Puerto_Rico": _("Puerto Rico time"),
}


def zone_name(key: str) -> str:
    """Name a zone: `Arizona time`, or by its city if it has no usual name here."""
    if key in ZONE_NAMES:
        return str(ZONE_NAMES[key])
    return gettext("%(city)s time") % {"city": key.rpartition("/")[2].replace("_", " ")}


def clock_time(clock: datetime) -> str:
    """`10 a.m.`, never split at the end of a line."""
    return date_format(clock, "P").replace(" ", "\u00a0")


def day_and_time(moment: datetime, zone: tzinfo | None = None, now: datetime | None = None) -> str:
    """Return a day and time as people say it, on the clock of `zone` or else of the desk."""
    zone = zone or timezone.get_default_timezone()
    today = (now or timezone.now()).astimezone(zone).date()
    # Without its zone: equal moments on two clocks would have the same words.
    local = _minute(moment.astimezone(zone)).replace(tzinfo=None)
    return _day_and_time(local, today, get_language() or "")


@lru_cache(maxsize=1024)
def _day_and_time(local: datetime, today: date, language: str) -> str:
    """Of a page's many rows, few differ in it: promises are round times."""
    days = (local.date() - today).days
    words = {"clock": date_format(local, "P")}
    if days == 0:
        return gettext("today %(clock)s") % words
    if days == -1:
        return gettext("yesterday %(clock)s") % words
    words["weekday"] = date_format(local, "l")
    if days == 1:
        return gettext("tomorrow, %(weekday)s %(clock)s") % words
    if 1 < days < 7:
        return gettext("%(weekday)s %(clock)s") % words
    words["date"] = date_format(local, "N j" if local.year == today.year else "N j, Y")
    return gettext("%(weekday)s, %(date)s, %(clock)s") % words


def on_both_clocks(moment: datetime, time_zone: str, now: datetime | None = None) -> str:
    """Return the moment on the caller's clock and, where that differs, on the desk's too."""
    here = day_and_time(moment, now=now)
    if time_zone not in known_zones():
        return gettext("%(here)s on our clock; their time zone is not known") % {"here": here}
    zone = ZoneInfo(time_zone)
    theirs = day_and_time(moment, zone, now)
    if theirs == here:
        return here
    ours, now = timezone.get_default_timezone(), now or timezone.now()
    if all(at.astimezone(zone).date() == at.astimezone(ours).date() for at in (moment, now)):
        here = clock_time(moment.astimezone(ours))
    return gettext("%(theirs)s their time (%(here)s ours)") % {"theirs": theirs, "here": here}
