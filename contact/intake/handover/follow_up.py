"""What has become of the requests that a shift handed over."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext

from contact.models import CallAttempt, CallbackRequest
from contact.records.enums import Direction
from contact.records.team.handovers import Handover
from contact.schedule.calling_hours import day_and_time

from .lists import HANDOVER_FIELDS, HandoverList, held_words

HOLDER_FIELDS = [f"claimed_by__{name}" for name in ("username", "first_name", "last_name")]

CALL_FIELDS = ("request", "at", "outcome", "direction")


class HandedOverRequest(NamedTuple):
    request: CallbackRequest
    state: str
    late_since: str

    @property
    def is_danger(self) -> bool:
        return self.request.is_danger


def follow_up(
    handover: Handover, now: datetime
) -> list[tuple[HandoverList, list[HandedOverRequest]]]:
    """Each list of the handover with its requests as they are now; two queries."""
    pks = [pk for pk, _name in handover.items]
    requests = CallbackRequest.objects.select_related("claimed_by")
    found = {
        str(request.pk): request
        for request in requests.only(*HANDOVER_FIELDS, *HOLDER_FIELDS).filter(pk__in=pks)
    }
    calls = (
        CallAttempt.objects.standing()
        .filter(request__in=pks, at__gte=handover.at)
        .order_by("at", "pk")
    )
    last_calls = {str(call.request_id): call for call in calls.only(*CALL_FIELDS)}
    return [
        (
            name,
            [
                _handed_over(found[pk], last_calls.get(pk), now)
                for pk, listed_on in handover.items
                if listed_on == name and pk in found
            ],
        )
        for name in HandoverList
    ]


def _handed_over(
    request: CallbackRequest, call: CallAttempt | None, now: datetime
) -> HandedOverRequest:
    parts = []
    if call:
        words = {"time": day_and_time(call.at, now=now), "outcome": call.words}
        is_ours = Direction(call.direction).is_ours
        told = gettext("called %(time)s: %(outcome)s") if is_ours else "%(outcome)s, %(time)s"
        parts.append(told % words)
    if request.closed_at:
        outcome = request.get_outcome_display()
        words = {"time": day_and_time(request.closed_at, now=now), "outcome": outcome}
        parts.append(gettext("closed %(time)s: %(outcome)s") % words)
        return HandedOverRequest(request, " · ".join(parts), "")
    if request.is_held(now):
        parts.append(held_words(request))
    if request.status == CallbackRequest.Status.LEAD:
        parts.append(str(request.get_status_display()))
    call_by = day_and_time(request.call_by, now=now) if request.call_by else ""
    if request.is_late(now):
        return HandedOverRequest(request, " · ".join(parts), call_by)
    parts.append(gettext("call by %s") % call_by)
    return HandedOverRequest(request, " · ".join(parts), "")
