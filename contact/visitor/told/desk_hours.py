"""Whether somebody answers our number now, as pages say it that are made for each visit."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from contact.schedule.calling_hours import clock_time, zone_name
from contact.schedule.opening_hours import ONE_DAY, Schedule

from .status_text import time_for_visitor
from .wished_times import desk_schedule

logger = logging.getLogger(__name__)


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
    # A later end needs a day, and says little to somebody who may call now.
    if end - now >= ONE_DAY:
        return DeskHours(is_open=True)
    words = {
        "clock": clock_time(end.astimezone(ZoneInfo(schedule.time_zone))),
        "zone": zone_name(schedule.time_zone),
    }
    return DeskHours(is_open=True, until=gettext("%(clock)s (%(zone)s)") % words)


def desk_now() -> DeskHours:
    """Return what to say of the desk now, without raising: no page may fail because of it."""
    try:
        return desk_hours(desk_schedule(), timezone.now())
    except Exception as error:  # noqa: BLE001 - see above
        logger.error("nothing can be said of the hours (%s)", type(error).__name__)
        return DeskHours()
