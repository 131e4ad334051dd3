"""Danger in what was written about a request, whoever wrote it and wherever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from contact.danger.rules import decide
from contact.danger.verdict import DangerVerdict, PatternRow, PersonName
from contact.lifecycle.planning.line_stops import waits_for_a_person
from contact.models import CallbackRequest, DangerPhrase, Plan
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.desk import Desk
from contact.records.enums import Priority, SetApart, Status
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import after_minutes, next_slot

from . import floods

# What visitors write, in the order of the form.
WRITTEN = ("name", "relationship", "needs", "message")


@sensitive_variables()
def written(values: Mapping[str, Any], fields: Iterable[str] = WRITTEN) -> list[str]:
    """Return what was written in these fields, as `decide` takes it."""
    words = {field: str(values.get(field, "")) for field in fields}
    return [PersonName(text) if field == "name" else text for field, text in words.items()]


@sensitive_variables()
def verdict_on(*texts: str) -> DangerVerdict:
    """Decide from any texts, by the rows that staff edit; they are not read for empty ones."""
    return decide(DangerPhrase.objects.rows(), *texts) if any(texts) else DangerVerdict(())


@sensitive_variables()
def verdict_on_request(
    request: CallbackRequest, phrases: tuple[PatternRow, ...] | None = None
) -> DangerVerdict:
    """Decide from all that the visitor wrote, by `phrases` if they were read before."""
    words = written({field: getattr(request, field) for field in WRITTEN})
    return decide(phrases or DangerPhrase.objects.rows(), *words)


@sensitive_variables()
def raise_priority(request: CallbackRequest, by: Any, *texts: str) -> bool:
    """Put a request first if these texts mean danger; return whether that is new.

    Nothing here lowers a priority. The request was locked in the same transaction.
    """
    is_known = request.is_danger and not (_can_lift(request, by) or _is_anew(request, by))
    if request.is_purged or is_known:
        return False
    if not verdict_on(*texts).is_danger:
        return False
    put_first(request, by)
    return True


def _can_lift(request: CallbackRequest, by: Any) -> bool:
    """Return whether what staff write now puts it first, though it stood apart."""
    return bool(request.set_apart) and by != audit.VISITOR


def _is_anew(request: CallbackRequest, by: Any) -> bool:
    """Return whether what a visitor writes now comes after a talk about what they wrote before."""
    return by == audit.VISITOR and request.is_open and not request.is_in_danger


def put_first(request: CallbackRequest, by: Any) -> None:
    """Put a request first, and plan its call for the next moment at which it can be made.

    What was told or targeted before stays if it was sooner.
    """
    if waits_for_a_person(request):
        # Danger waits for no lead.
        request.status = Status.TRYING if request.tries or request.talks else Status.NEW
    request.priority, request.danger_at = Priority.DANGER, timezone.now()
    if by != audit.VISITOR:
        request.set_apart = ""
    elif not request.set_apart and floods.are_head_starts_spent():
        request.set_apart = SetApart.DANGER
    if request.is_open:
        schedule, caller = Schedule.current(), request.preferences
        start, end = next_slot(schedule, caller, request.danger_at)
        target = Desk.current().target_minutes
        call_by = after_minutes(schedule, caller, request.danger_at, target)
        plan = Plan(start, end, min(request.call_by or call_by, call_by))
        request.set_plan(plan, request.earlier_call_by)
    request.version += 1
    request.save(
        update_fields=[
            *("status", "priority", "danger_at", "set_apart", "version"),
            *("due_at", "due_until", "call_by", "turn_at"),
        ]
    )
    audit.record(by, AuditAction.PUT_FIRST, request.pk)
