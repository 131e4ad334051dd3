"""The times of day that a form offers, and when the desk can keep each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.schedule.calling_hours import BestTime, clock_time, known_zones, zone_name
from contact.schedule.opening_hours import Schedule, Span
from contact.schedule.slots import (
    CallPreferences,
    first_wished,
    is_open_at_night,
    next_slot,
)

from . import desk_snapshot

# Whoever chose any time is called in the next hours of the desk.
WISHES: dict[str, Any] = {
    BestTime.MORNING: _("Morning"),
    BestTime.AFTERNOON: _("Afternoon"),
    BestTime.EVENING: _("Evening"),
    BestTime.NOW: _("Also at night"),
}


def desk_schedule() -> Schedule | None:
    """Return the desk's hours without its database; None if they are not known for sure."""
    snapshot = desk_snapshot.read_snapshot()
    if snapshot and snapshot.is_fresh(timezone.now()) and snapshot.schedule.is_known:
        return snapshot.schedule
    return None


class Headings(NamedTuple):
    """What stands before the hours: on their own clock, or on one that may be theirs."""

    own_clock: Any
    other_clock: Any


FOR_VISITORS = Headings(
    _("On your clock, our desk can call you:"),
    _("If you are on %(zone)s, our desk can call you:"),
)
FOR_STAFF = Headings(
    _("On their clock, our desk can call them:"),
    _("If they are on %(zone)s, our desk can call them:"),
)


def offer_times(
    form: forms.Form, schedule: Schedule | None, headings: Headings = FOR_VISITORS
) -> None:
    """Say when the desk can keep each choice; offer calls at night only where it is open then.

    Whoever chose a call at night keeps that choice.
    """
    # Not through the bound field, which caches the help text of this moment.
    values = form.data if form.is_bound else form.initial
    field: Any = form.fields["best_time"]
    is_night_chosen = values.get("best_time") == BestTime.NOW
    if not (is_night_chosen or (schedule and is_open_at_night(schedule))):
        field.widget.choices = [each for each in field.choices if each[0] != BestTime.NOW]
    if schedule and schedule.is_known:
        zone = str(values.get("time_zone") or "")
        field.help_text = when_we_can_call(schedule, zone, headings)


def when_we_can_call(schedule: Schedule, time_zone: str, headings: Headings = FOR_VISITORS) -> str:
    """Return a line for each time of day, on this clock or, if it is unknown, the desk's."""
    now = timezone.now()
    if schedule.next_opening(now) is None:
        return ""
    if time_zone in known_zones():
        heading = str(headings.own_clock)
    else:
        time_zone = schedule.time_zone
        heading = str(headings.other_clock) % {"zone": zone_name(time_zone)}
    lines = format_html_join("", "<br>{}", ((line,) for line in _lines(schedule, time_zone, now)))
    return format_html("{}{}", heading, lines)


def _lines(schedule: Schedule, time_zone: str, now: datetime) -> Iterator[str]:
    zone = ZoneInfo(time_zone)
    for wish, label in WISHES.items():
        if wish == BestTime.NOW and not is_open_at_night(schedule):
            continue
        caller, words = CallPreferences(wish, time_zone), {"wish": label}
        wished = first_wished(schedule, caller, now)
        if wished is None:
            yield gettext("%(wish)s: our desk is closed, so we call at another time") % words
            continue
        words["when"] = on_day(wished, zone, now)
        if wished.start <= next_slot(schedule, caller, now).start:
            yield gettext("%(wish)s: %(when)s") % words
        else:
            yield gettext("%(wish)s: not before %(when)s, so we call sooner") % words


def on_day(slot: Span, zone: ZoneInfo, now: datetime) -> str:
    """`Monday, 5 p.m. to 6:30 p.m.`; `today, until 5 p.m.` if it has begun."""
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    words = {"start": clock_time(start), "end": clock_time(end)}
    match (start.date() - now.astimezone(zone).date()).days:
        case 0 if slot.start <= now:
            return gettext("today, until %(end)s") % words
        case 0:
            return gettext("today, %(start)s to %(end)s") % words
        case 1:
            return gettext("tomorrow, %(start)s to %(end)s") % words
        case days:
            words["day"] = date_format(start, "l" if days < 7 else "l, F j")
            return gettext("%(day)s, %(start)s to %(end)s") % words
