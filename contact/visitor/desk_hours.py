"""Whether somebody answers our number now, as the form says it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from contact.schedule.calling_hours import clock_time
from contact.schedule.opening_hours import ONE_DAY, Schedule

from .status_text import time_for_visitor, zone_name

# A later end needs a day, and says little to somebody who may call now.


class DeskHours(NamedTuple):
    """`until` and `opens` are times on the desk's clock, empty where there is none to tell."""

    is_open: bool = False
    until: str = ""
    opens: str = ""


def desk_hours(schedule: Schedule | None, now: datetime) -> DeskHours:
    """Return what to say of the desk; nothing of hours that are not known for sure."""
    if schedule is None or not schedule.is_known or (opening := schedule.next_opening(now)) is None:
        return DeskHours()
    if opening > now:
        return DeskHours(opens=time_for_visitor(opening, now=now))
    end = next(schedule.spans(now, now + ONE_DAY)).end
    if end - now >= ONE_DAY:
        return DeskHours(is_open=True)
    words = {
        "clock": clock_time(end.astimezone(ZoneInfo(schedule.time_zone))),
        "zone": zone_name(schedule.time_zone),
    }
    return DeskHours(is_open=True, until=gettext("%(clock)s (%(zone)s)") % words)
