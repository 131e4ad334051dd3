"""The lists that one shift leaves to the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple, assert_never

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact.intake.capped_counts import COUNT_CAP, capped, row_count
from contact.intake.colleagues import display_name, load_colleagues
from contact.models import CallAttempt, CallbackRequest, CallbackRequestQuerySet, Desk
from contact.records.enums import Priority
from contact.records.outcomes import RequestOutcome
from contact.records.requests.slices import fetch_slices
from contact.records.team.handovers import Handover
from contact.schedule.calling_hours import callers_time_words, day_and_time

LOOK_AHEAD = timedelta(hours=12)
MANY_TRIES = 3
ROWS_SHOWN = 40
# Cancellations since the last handover are listed; where no handovers are made, those of 7 days.
CANCELLED_DAYS = timedelta(days=7)
# A request may have been closed before the last handover and saved after it.
OVERLAP = timedelta(minutes=5)
HANDOVER_FIELDS = (
    *("pk", "reference", "status", "outcome", "call_by", "turn_at", "tries"),
    *("time_zone", "number_zones", "priority", "language", "closed_at", "purged_at"),
    *("claimed_by", "claimed_until", "talk_direction", "assigned_to"),
)


class HandoverList(models.TextChoices):
    """A request stands on the first list that fits."""

    DANGER = "danger", _("Words that may mean danger, and nobody reached yet")
    LATE = "late", _("Late")
    CANCELLED = "cancelled", _("Words that may mean danger, and cancelled before anybody called")
    PROMISED = "promised", _("To be called within 12 hours")
    TRIED = "tried", _("Three tries or more without reaching them")

    @property
    def rows_shown(self) -> int:
        """How many of its requests are shown and handed over; danger is not cut off."""
        return COUNT_CAP if self is HandoverList.DANGER else ROWS_SHOWN


class HandoverSection(NamedTuple):
    name: HandoverList
    requests: list[CallbackRequest]
    total: int

    @property
    def shown_total(self) -> str:
        return capped(self.total)

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.requests)


class HandoverRow(NamedTuple):
    """`status` says what may be unusual of it; `tries` and `people` are empty once it is closed."""

    request: CallbackRequest
    when: str
    status: str
    callers_time: str
    language: str
    tries: str
    people: str
    is_late: bool

    @property
    def is_danger(self) -> bool:
        return self.request.is_danger

    @property
    def priority(self) -> str:
        return str(Priority(self.request.priority).label)


def handover_sections(now: datetime) -> list[HandoverSection]:
    """All lists as they are now.

    Takes four queries: for the rows, their numbers, the colleagues and the last handover.
    """
    matching = {name: _requests_on(name, now) for name in HandoverList}
    found = fetch_slices(
        [rows.only(*HANDOVER_FIELDS)[: name.rows_shown] for name, rows in matching.items()],
        is_usual=True,
    )
    desks: Any = Desk.objects.values(
        **{str(name): row_count(rows) for name, rows in matching.items()}
    )
    totals = desks.first() or desks.get(pk=Desk.current().pk)
    load_colleagues([request for rows in found for request in rows])
    return [
        HandoverSection(name, rows, totals[name])
        for name, rows in zip(HandoverList, found, strict=True)
    ]


def handover_row(request: CallbackRequest, now: datetime) -> HandoverRow:
    is_late = request.is_open and request.is_late(now)
    is_left_to_a_lead = request.status == CallbackRequest.Status.LEAD
    tries = ngettext("%d try", "%d tries", request.tries) % request.tries
    return HandoverRow(
        request,
        _when(request, now, is_late=is_late),
        str(request.get_status_display()) if is_left_to_a_lead else "",
        callers_time_words(request.time_zone, now, request.number_zones),
        str(CallbackRequest.Language(request.language).label),
        tries if request.is_open else "",
        _people(request, now) if request.is_open else "",
        is_late,
    )


def _when(request: CallbackRequest, now: datetime, *, is_late: bool) -> str:
    moment = request.closed_at or request.call_by
    when = day_and_time(moment, now=now) if moment else ""
    if not request.is_open:
        return f"{request.get_outcome_display()}, {when}"
    return (gettext("Late since %s") if is_late else gettext("Call by %s")) % when


def _people(request: CallbackRequest, now: datetime) -> str:
    if request.claimed_by and request.is_held(now):
        return held_words(request)
    if request.assigned_to:
        return gettext("assigned to %s") % display_name(request.assigned_to)
    return gettext("for anyone")


def held_words(request: CallbackRequest) -> str:
    """Who has the call, and what they do."""
    talking, called = gettext("talking with %s now"), gettext("being called by %s")
    return (talking if request.talk_direction else called) % display_name(request.claimed_by)


def _requests_on(name: HandoverList, now: datetime) -> CallbackRequestQuerySet:
    requests = CallbackRequest.objects.not_in_danger()
    soon = now + LOOK_AHEAD
    match name:
        case HandoverList.DANGER:
            return CallbackRequest.objects.in_danger().order_by("turn_at", "pk")
        case HandoverList.LATE:
            return requests.filter(call_by__lt=now).order_by("turn_at", "pk")
        case HandoverList.CANCELLED:
            return _cancelled(now).order_by("-closed_at", "pk")
        case HandoverList.PROMISED:
            return requests.filter(call_by__gte=now, call_by__lte=soon).order_by("call_by", "pk")
        case HandoverList.TRIED:
            reached = CallAttempt.objects.standing().filter(
                request=OuterRef("pk"), outcome=CallAttempt.Outcome.REACHED
            )
            tried = requests.filter(call_by__gt=soon, tries__gte=MANY_TRIES)
            return tried.exclude(Exists(reached)).order_by("call_by", "pk")
    assert_never(name)


def _cancelled(now: datetime) -> CallbackRequestQuerySet:
    """Requests with words of danger that their senders ended before anybody called."""
    last = Handover.objects.order_by("-at").values_list("at", flat=True).first()
    since = max(now - CANCELLED_DAYS, last - OVERLAP) if last else now - CANCELLED_DAYS
    # The condition on `purged_at` lets the databases use the index callback_to_purge.
    return CallbackRequest.objects.filter(
        purged_at=None,
        closed_at__gte=since,
        outcome__in=[each for each in RequestOutcome if each.facts.is_own_wish],
        priority=CallbackRequest.Priority.DANGER,
        first_attempt_at=None,
        talks=0,
    )
