"""Requests that staff link as the same person's."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import F

from contact.lifecycle.planning import line_stops
from contact.models import CallAttempt, CallbackRequest, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .stops import person_stopped_at
from .transitions import InvalidTransition, save


def link(request: CallbackRequest, by: Any, other: CallbackRequest) -> int:
    """Link both requests, and all linked with either, as one person's.

    From then on they are called, planned and stopped together. A stop that the person asked for
    holds for what they had asked before it: a lead decides about that; return how many requests
    this holds for. `other` was locked with `request`. Raises InvalidTransition.
    """
    if request.pk == other.pk:
        raise InvalidTransition("A request is not linked to itself.")
    request.refresh_from_db(fields=["person"])
    other.refresh_from_db(fields=["person"])
    if request.person == other.person:
        return 0
    held = CallbackRequest.objects.open().held()
    calling = held.on_lines_of(request) | held.on_lines_of(other)
    if len(set(calling.values_list("claimed_by", flat=True))) > 1:
        raise InvalidTransition("Two colleagues are calling them now.")
    CallbackRequest.objects.of_person(request).update(person=other.person)
    # Pages that were opened before show fewer requests than a stop would now end.
    CallbackRequest.objects.of_person(other).update(version=F("version") + 1)
    request.refresh_from_db(fields=["person", "version"])
    audit.record(by, AuditAction.LINKED, request.pk, other=str(other.pk))
    return _leave_stopped_to_a_lead(request)


def _leave_stopped_to_a_lead(request: CallbackRequest) -> int:
    rows = list(CallbackRequest.objects.of_person(request))
    stopped_at = person_stopped_at(rows)
    if stopped_at is None:
        return 0
    callable_rows = [row for row in rows if row.status in CallbackRequest.CALLABLE]
    stopped = [row for row in callable_rows if row.created_at <= stopped_at]
    for row in stopped:
        row.status = CallbackRequest.Status.LEAD
        save(row)
    request.refresh_from_db(fields=["status", "version"])
    return len(stopped)


def unlink(request: CallbackRequest, by: Any) -> None:
    """Take a request out of those that were linked as one person's.

    What a link had left to a lead, as the person had asked to stop, is called as before it.
    """
    rows = [request, *CallbackRequest.objects.of_person(request).exclude(pk=request.pk)]
    request.person = uuid.uuid4()
    save(request)
    audit.record(by, AuditAction.UNLINKED, request.pk)
    links = Step.objects.filter(action=AuditAction.LINKED, undone_at=None, request__in=rows)
    for link_step in links.order_by("-at"):
        calls = CallAttempt.objects.standing().filter(request__in=rows, at__gt=link_step.at)
        if not calls.exists():
            _give_back(rows, link_step)


def _give_back(rows: list[CallbackRequest], link_step: Step) -> None:
    """Put back what the link alone had left to a lead."""
    lead = CallbackRequest.Status.LEAD
    for row in rows:
        before, after = link_step.changes.get(str(row.pk), {}).get("status", ("", ""))
        if after != lead or row.status != lead or line_stops.is_left_to_a_lead(row):
            continue
        stopped_at = person_stopped_at(list(CallbackRequest.objects.of_person(row)))
        if stopped_at is None or row.created_at > stopped_at:
            row.status = CallbackRequest.Status(before)
            save(row)
