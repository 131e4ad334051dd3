"""Which hour a visitor was told, and whether they agreed to another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contact.models import CallAttempt, CallbackRequest, Plan, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction, AuditEntry
from contact.records.enums import Status
from contact.records.outcomes import CallOutcome, NextStep
from contact.schedule.opening_hours import Schedule

from .line_stops import waits_for_a_person
from .named_times import has_named_time

PLANNED_BY_VISITORS = (AuditAction.PLANNED, AuditAction.CHANGED_WISHES)


def hour_told(request: CallbackRequest, schedule: Schedule) -> datetime | None:
    """Return by when its visitor was first told that we call.

    None where their page says no hour: while a lead decides, in danger, and where it is not sure
    that the desk is open then.
    """
    if request.status == Status.LEAD and not waits_for_a_person(request):
        return None
    if has_named_time(request) or request.earlier_call_by:
        return request.earlier_call_by or request.call_by
    if request.is_in_danger or request.due_at is None:
        return None
    is_open_then = schedule.is_known and schedule.is_open(request.due_at)
    is_told = is_open_then or request.call_by == request.promised_by
    return request.call_by if is_told else None


def later_hour_told(request: CallbackRequest, plan: Plan, schedule: Schedule) -> datetime | None:
    """Return the hour that its visitor was told, if `plan` calls them later than that."""
    told = hour_told(request, schedule)
    return told if told and told < plan.call_by else None


def has_agreed(request: CallbackRequest, by: Any) -> bool:
    """Return whether the person knows of a plan that is made now.

    They do if they make it, or if the last call was a talk that left the plan open, and nobody
    planned since.
    """
    if by == audit.VISITOR:
        return True
    calls = CallAttempt.objects.standing().filter(request__person=request.person)
    last = calls.order_by("-at", "-id").first()
    if last is None or CallOutcome(last.outcome).facts.next_step is not NextStep.WRAP_UP:
        return False
    since = {"at__gte": last.at}
    plans = Step.objects.filter(request__person=request.person, action=AuditAction.PLANNED)
    persons = CallbackRequest.objects.filter(person=request.person).values("pk")
    by_visitors = AuditEntry.objects.filter(
        request_id__in=persons, actor_name=audit.VISITOR, action__in=PLANNED_BY_VISITORS
    )
    is_planned = plans.filter(undone_at=None, **since).exists()
    # Hours or rules may have moved it too.
    is_moved = request.earlier_call_by is not None or by_visitors.filter(**since).exists()
    return not is_planned and not is_moved
