"""Corrections of a request: by staff while they talk with whoever asked, or by its visitor."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from contact.lifecycle.journal import index_rotation, receiving, search_index
from contact.lifecycle.planning import line_stops
from contact.lifecycle.planning.named_times import has_named_time
from contact.lifecycle.planning.promises import has_agreed, later_hour_told
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest, line_index, phone_index
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.encryption import readable
from contact.privacy.matching.name_index import name_index
from contact.records.enums import Priority
from contact.records.requests.safety import BOUND_FIELDS as SAFETY_FIELDS
from contact.schedule.number_zones import number_zones
from contact.schedule.opening_hours import Schedule

from .stops import due_again
from .transitions import InvalidTransition, plan_from, save

CORRECTABLE = (
    *("name", "phone", "extension", "calling_for", "relationship", "announce", "voicemail"),
    *("best_time", "time_zone", "language", "needs", "message"),
)

FREE_TEXT = ("name", "relationship", "needs", "message")


class LineIsBusy(InvalidTransition):
    """A colleague calls somebody on the new line right now."""


def correct(request: CallbackRequest, by: Any, values: dict[str, str]) -> list[str]:
    """Change these fields of a locked request, seal the old values, and plan again.

    `by` is an account, or audit.VISITOR.

    Return the names of the fields that changed. Raises LineIsBusy.
    """
    if unknown := values.keys() - set(CORRECTABLE):
        raise ValueError(f"not correctable: {', '.join(sorted(unknown))}")
    # A sealed value that cannot be opened is replaced as if it were empty.
    before = {name: old for name, new in values.items() if (old := readable(request, name)) != new}
    if request.is_safety_broken and (answered := set(SAFETY_FIELDS) & values.keys()):
        # The answers of now count, also where they are as careful as what was shown.
        before |= {name: readable(request, name) for name in answered}
        request.accept_safety()
    if not before:
        return []
    for name in before:
        setattr(request, name, values[name])
    changed = sorted(before)
    _match_again(request, changed)
    entry = request.corrections.create(
        by=None if by == audit.VISITOR else by,
        at=timezone.now(),
        fields=" ".join(changed),
        before=json.dumps(before),
    )
    _plan_again(request, by, changed)
    save(request)
    audit.record(by, AuditAction.CORRECTED, request.pk, fields=changed, entry=str(entry.pk))
    given = {name: values[name] for name in changed if name in FREE_TEXT}
    if request.is_danger and "message" in given:
        # What was there is known: only what is added can be danger anew.
        given["message"] = given["message"].removeprefix(before["message"])
    danger.raise_priority(request, by, *danger.written(given, given))
    return changed


def _match_again(request: CallbackRequest, changed: list[str]) -> None:
    """Save what was corrected, with the indexes and zones that follow from it."""
    fields = list(changed)
    if "name" in changed:
        request.name_index = name_index(str(request.name))
        fields.append("name_index")
    if {"phone", "extension"} & set(changed):
        e164, extension = str(request.phone), str(request.extension)
        index_rotation.bring_over(e164, extension)
        request.phone_index, request.line_index = phone_index(e164), line_index(e164, extension)
        request.number_zones, request.phone_as_typed = number_zones(e164), ""
        fields += ["phone_index", "line_index", "number_zones", "phone_as_typed"]
        if request.priority == Priority.UNKNOWN_NUMBER:
            request.priority = receiving.ordinary_priority(request)
            fields.append("priority")
    request.save(update_fields=fields)
    if {"name", "phone"} & set(changed):
        search_index.index_again(request)
    if "line_index" not in fields or not request.is_open:
        return
    if claims.line_holder(request):
        raise LineIsBusy("A colleague is calling somebody on that line now.")
    if line_stops.is_left_to_a_lead(request):
        # The same as for a new request.
        request.status = request.Status.LEAD
    elif due_again([request]):
        request.status = request.Status.NEW


def _plan_again(request: CallbackRequest, by: Any, changed: list[str]) -> None:
    """Plan by corrected hours or numbers; who did not wish so reads that a promise moved."""
    if not request.is_open or not {"best_time", "time_zone", "phone"} & set(changed):
        return
    if has_named_time(request):
        return
    now = timezone.now()
    plan = plan_from(request, max(now, request.due_at or now) if request.tries else now)
    # A promise that was given stays, so that it shows as late, but not one that lies before the
    # corrected hours begin.
    promised = request.promised_by if request.call_by == request.promised_by else None
    if promised and (promised <= now or plan.due_at < promised):
        plan = plan._replace(call_by=promised)
    is_wished = bool({"best_time", "time_zone"} & set(changed)) and has_agreed(request, by)
    told = None if is_wished else later_hour_told(request, plan, Schedule.current())
    request.set_plan(plan, told)
