"""When a person may be called: at their own local time, 8 a.m. to 9 p.m.

The hours are those of 47 CFR 64.1200(c)(1), taken as the safe default.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

EARLIEST, LATEST = time(8), time(21)
WINDOWS = {
    "any": (EARLIEST, LATEST),
    "morning": (time(8), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(21)),
}


@cache
def known_zones() -> frozenset[str]:
    """The IANA names; kept, since finding them reads the whole time zone folder."""
    return frozenset(available_timezones())


class LocalTime(NamedTuple):
    """The caller's clock now; `is_known` says whether they told us their time zone."""

    now: datetime
    is_known: bool

    @property
    def is_callable(self) -> bool:
        return EARLIEST <= self.now.time() < LATEST

    def __str__(self) -> str:
        words = {"time": date_format(self.now, "D P"), "zone": self.now.tzname()}
        if self.is_known:
            return _("%(time)s %(zone)s for them") % words
        return _("%(time)s %(zone)s here, time zone not given") % words


def local_time(time_zone: str, now: datetime | None = None) -> LocalTime:
    is_known = time_zone in known_zones()
    zone = ZoneInfo(time_zone if is_known else settings.TIME_ZONE)
    return LocalTime((now or timezone.now()).astimezone(zone), is_known)


def window(best_time: str) -> tuple[time, time]:
    """From and until when to call, on the caller's clock."""
    return WINDOWS.get(best_time, WINDOWS["any"])


def is_good_time(best_time: str, time_zone: str, now: datetime | None = None) -> bool:
    """Whether it is now within the hours that the caller asked for."""
    start, end = window(best_time)
    return start <= local_time(time_zone, now).now.time() < end


def when_to_call(best_time: str, time_zone: str, now: datetime | None = None) -> str:
    """One line for the queue: whether to call now, the caller's clock, the hours they chose."""
    start, end = (
        date_format(datetime.combine(datetime.min, hour), "P") for hour in window(best_time)
    )
    local = local_time(time_zone, now)
    words = {"start": start, "end": end, "local": local}
    if not local.is_callable:
        return _("Not now: %(local)s (call %(start)s to %(end)s)") % words
    if not is_good_time(best_time, time_zone, now):
        return _("Asked for %(start)s to %(end)s: %(local)s") % words
    return _("Now: %(local)s (%(start)s to %(end)s)") % words
