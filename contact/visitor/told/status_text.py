"""The status of a request in sentences for its visitor."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, assert_never
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact.lifecycle.planning.line_stops import waits_for_a_person
from contact.lifecycle.planning.named_times import has_named_time
from contact.models import CallbackRequest
from contact.records.enums import Direction, Status
from contact.records.outcomes import CallOutcome, RequestOutcome
from contact.schedule.calling_hours import BestTime, clock_time, known_zones, zone_name
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import (
    CallPreferences,
    first_wished,
    is_open_at_night,
    keeps_wish,
    next_slot,
    overlaps_opening_hours,
)

ASKED_FOR: dict[str, Any] = {
    BestTime.MORNING: _("the morning"),
    BestTime.AFTERNOON: _("the afternoon"),
    BestTime.EVENING: _("the evening"),
}


class DangerCall(NamedTuple):
    """What to say of our call to somebody who may be in danger.

    `desk` is "open", "closed" or, if that is not known, empty.
    """

    desk: str
    is_before_wish: bool


def danger_call(*, is_open: bool | None, best_time: str) -> DangerCall:
    desk = "" if is_open is None else "open" if is_open else "closed"
    return DangerCall(desk, best_time not in (BestTime.ANY, BestTime.NOW))


# The latest ones; a page of a person called for weeks stays short.
MAX_TRIES_TOLD = 5


def clock_of(time_zone: str) -> ZoneInfo:
    """Return the visitor's time zone, or the desk's if theirs is unknown."""
    return ZoneInfo(time_zone if time_zone in known_zones() else settings.TIME_ZONE)


def time_for_visitor(moment: datetime, time_zone: str = "", now: datetime | None = None) -> str:
    """`10 a.m. tomorrow, your time`; on the desk's clock, with its name, if theirs is unknown."""
    return _with_zone(_on_day(moment, clock_of(time_zone), now), time_zone)


def between(start: datetime, end: datetime, time_zone: str, now: datetime | None = None) -> str:
    """`between 9 a.m. and 10 a.m. tomorrow, your time`."""
    zone = clock_of(time_zone)
    first, last = start.astimezone(zone), end.astimezone(zone)
    same_day = first.date() == last.date()
    words = {
        "start": clock_time(first) if same_day else _on_day(start, zone, now),
        "end": _on_day(end, zone, now),
    }
    return _with_zone(gettext("between %(start)s and %(end)s") % words, time_zone)


def other_hours_reason(schedule: Schedule, caller: CallPreferences, now: datetime) -> str:
    """Return why we can't call in the hours they chose; empty if we can or if nothing is known."""
    if caller.best_time == BestTime.NOW and not is_open_at_night(schedule):
        return gettext(
            "You asked for a call at night too. Our desk is not open at night, so we call by day: "
            "8\u00a0a.m.\u00a0to\u00a09\u00a0p.m. on your clock."
        )
    if schedule.next_opening(now) is None or keeps_wish(schedule, caller, now):
        return ""
    wished = first_wished(schedule, caller, now)
    if wished and wished.start <= next_slot(schedule, caller, now).start:
        return ""
    if wished:
        return _why_sooner(caller, wished.start)
    if not overlaps_opening_hours(schedule, caller._replace(best_time="any"), now):
        return gettext(
            "Our desk is closed at the hours in which we may call you: "
            "8\u00a0a.m.\u00a0to\u00a09\u00a0p.m. on your clock."
        )
    if caller.time_zone not in known_zones():
        return gettext(
            "We do not know your time zone, so we can’t be sure to call in the hours you chose. "
            "We may call at another time of day."
        )
    return gettext(
        "Our desk is closed in the hours you chose, so we will call at another time of day."
    )


def _why_sooner(caller: CallPreferences, wished: datetime) -> str:
    words = {
        "wish": ASKED_FOR[caller.best_time],
        "day": date_format(wished.astimezone(clock_of(caller.time_zone)), "l, F j"),
    }
    return (
        gettext(
            "You asked for %(wish)s. Our desk is next open then on %(day)s. So that you need "
            "not wait for that, we will call sooner, at another time of day."
        )
        % words
    )


def status_sentences(
    request: CallbackRequest, schedule: Schedule, now: datetime | None = None
) -> list[str]:
    """Return the status of a request as sentences."""
    if not request.is_open:
        return [str(RequestOutcome(request.outcome).facts.told)]
    sentences = [_plan(request, schedule, now or timezone.now())]
    if request.earlier_call_by:
        first = {"by": time_for_visitor(request.earlier_call_by, request.time_zone, now)}
        words = gettext("When we call has changed, and we are sorry. We first said by %(by)s.")
        sentences.append(words % first)
    sentences += _tries(request, now)
    sentences += _talks(request, now)
    if request.is_held(now) and request.talk_direction:
        sentences.append(
            gettext(
                "Someone on the team has your request open right now. What you change here still "
                "counts."
            )
        )
    elif request.is_held(now):
        sentences.append(
            gettext(
                "Someone on the team has your request open right now, so your phone may ring. "
                "What you change here still counts."
            )
        )
    return sentences


def _tries(request: CallbackRequest, now: datetime | None) -> list[str]:
    """Return when we called for this request, the latest at the end; never how a call went."""
    if not request.tries:
        return []
    ours = request.attempts.standing().filter(direction=Direction.OUTGOING).order_by("-at", "-id")
    times = list(ours.values_list("at", flat=True)[:MAX_TRIES_TOLD])
    told = [
        gettext("We called at %(when)s.") % {"when": time_for_visitor(at, request.time_zone, now)}
        for at in reversed(times)
    ]
    if len(told) == request.tries:
        return told
    # More tries, or tries for what staff linked with it.
    count = ngettext(
        "We have called %(count)d time so far.",
        "We have called %(count)d times so far.",
        request.tries,
    )
    return [count % {"count": request.tries}, *told]


def _talks(request: CallbackRequest, now: datetime | None) -> list[str]:
    """Return when they last called us or came to us, as far as this request tells."""
    talks = request.attempts.standing().exclude(direction=Direction.OUTGOING)
    spoke = [outcome for outcome in CallOutcome if outcome.facts.spoke]
    last = talks.filter(outcome__in=spoke).order_by("-at").first() if request.talks else None
    if last is None:
        return []
    words = {"when": time_for_visitor(last.at, request.time_zone, now)}
    if last.direction == Direction.INCOMING:
        return [gettext("You called us at %(when)s.") % words]
    return [gettext("You came to us at %(when)s.") % words]


def is_planned(request: CallbackRequest) -> bool:
    """Return whether its visitor is told a plan.

    So are those whose line asked for no calls, for whom a lead decides by the time that was
    promised: anyone may type anyone's number, and must not learn of the wish from us.
    """
    match Status(request.status):
        case Status.NEW | Status.TRYING:
            return True
        case Status.LEAD:
            return waits_for_a_person(request)
        case Status.CLOSED:
            return False
        case unknown:
            assert_never(unknown)


def _plan(request: CallbackRequest, schedule: Schedule, now: datetime) -> str:
    if not is_planned(request):
        return gettext("Our team is deciding how to go on. You can name a time below, or call us.")
    due_at, due_until, call_by = request.due_at, request.due_until, request.call_by
    if due_at is None or due_until is None or call_by is None:
        return gettext("We will call you as soon as we can.")
    if request.is_in_danger and not has_named_time(request):
        return _danger_plan(call_by, schedule, now)
    words = {"by": time_for_visitor(call_by, request.time_zone, now)}
    if call_by <= now:
        return gettext("You should have had our call by %(by)s. We are late, and sorry.") % words
    if call_by == request.promised_by:
        return gettext("We will call you by %(by)s.") % words
    is_staffed = schedule.is_known and schedule.is_open(due_at)
    if not is_staffed and not has_named_time(request):
        return gettext("We will call you as soon as we can.")
    if due_at <= now:
        return gettext("We plan to call you by %(by)s.") % words
    window = between(due_at, call_by, request.time_zone, now)
    return gettext("We plan to call you %(stretch)s.") % {"stretch": window}


def _danger_plan(call_by: datetime, schedule: Schedule, now: datetime) -> str:
    """Promise no hour: they are called as soon as the desk can."""
    if call_by <= now:
        return gettext("You should have had our call by now. We are late, and sorry.")
    if schedule.is_known and not schedule.is_open(now):
        return gettext("We will call you as soon as we can once our desk is open.")
    return gettext("We will call you as soon as we can.")


def _on_day(moment: datetime, zone: ZoneInfo, now: datetime | None) -> str:
    local = moment.astimezone(zone)
    days = (local.date() - (now or timezone.now()).astimezone(zone).date()).days
    words = {
        "time": clock_time(local),
        "weekday": date_format(local, "l"),
        "date": date_format(local, "F j"),
    }
    if days == 0:
        return gettext("%(time)s today") % words
    if days == 1:
        return gettext("%(time)s tomorrow") % words
    if 1 < days < 7:
        return gettext("%(time)s on %(weekday)s") % words
    return gettext("%(time)s on %(weekday)s, %(date)s") % words


def _with_zone(when: str, time_zone: str) -> str:
    if time_zone in known_zones():
        return gettext("%(when)s, your time") % {"when": when}
    return gettext("%(when)s (%(zone)s)") % {"when": when, "zone": zone_name(settings.TIME_ZONE)}
