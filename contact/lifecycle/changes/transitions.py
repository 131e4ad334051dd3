"""Transitions of a request: plans, wishes, closing, reopening, notes.

Every function takes a request locked by `claims.lock` in the same transaction, writes its own
audit entry, and raises `version`, so that pages opened before save nothing. `by` is an account,
audit.VISITOR, or None for the system.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, assert_never

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.lifecycle.journal import code_words, endings
from contact.lifecycle.planning.line_stops import waits_for_a_person
from contact.lifecycle.planning.named_times import named_time_plan
from contact.lifecycle.planning.promises import has_agreed, later_hour_told
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest, Note, Place, Plan
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.desk import Desk
from contact.records.enums import Status
from contact.records.outcomes import RequestOutcome
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import after_minutes, next_slot

MISSED_PER_ROUND = 100
# Columns that transitions change; the visitor's words and the mail's columns stay.
WORKING_FIELDS = (
    *("status", "outcome", "reason", "referred_to", "closed_at", "tries", "talks"),
    *("due_at", "due_until", "call_by", "earlier_call_by", "turn_at"),
    *("first_attempt_at", "first_attempt_minutes"),
    *("claimed_by", "claimed_until", "revealed_at", "talk_direction", "person", "version"),
    *("best_time", "time_zone", "language", "reached_at", "code_words"),
)


class InvalidTransition(Exception):
    """The request does not allow this transition."""


class Scope(TextChoices):
    """Whose requests a transition covers."""

    # A visitor's reference shows and changes its own request alone.
    REQUEST = "request", _("This request alone")
    PERSON = "person", _("This person alone")
    LINE = "line", _("This line: everybody on it")

    @property
    def detail(self) -> dict[str, str]:
        """What an audit entry keeps of it; nothing for a person, as in older entries."""
        return {} if self is Scope.PERSON else {"scope": self.value}


def close(
    request: CallbackRequest,
    by: Any,
    outcome: str,
    reason: str = "",
    referred_to: Place | None = None,
) -> None:
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    request.status, request.outcome, request.reason = Status.CLOSED, outcome, reason
    request.referred_to = referred_to
    request.closed_at = timezone.now()
    request.claimed_by = request.claimed_until = request.revealed_at = None
    save(request)
    entry = audit.record(by, AuditAction.CLOSED, request.pk, outcome=outcome)
    if outcome == RequestOutcome.CANCELLED:
        endings.note_ending(entry, endings.CANCEL, by)


def reopen(request: CallbackRequest, by: Any) -> None:
    """Reopen a closed request. Raises InvalidTransition if it is open or was purged."""
    if request.is_open or request.is_purged:
        raise InvalidTransition("Only a closed request that was not emptied can be opened again.")
    request.status = Status.TRYING if request.tries or request.talks else Status.NEW
    request.outcome, request.referred_to, request.closed_at = "", None, None
    request.set_plan(plan_from(request, timezone.now()))
    code_words.drop_if_taken(request)
    save(request)
    audit.record(by, AuditAction.REOPENED, request.pk)
    endings.forget_endings([request.pk])


def replan(request: CallbackRequest, by: Any, at: datetime, scope: Scope = Scope.PERSON) -> None:
    """Plan a call at a named time. Raises InvalidTransition.

    Whoever did not agree reads that their promise changed; who may be in danger waits for no time
    that somebody else named.
    """
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    plan, agreed, schedule = named_time_plan(at), has_agreed(request, by), Schedule.current()
    for row in open_rows(request, scope):
        is_other = row.person != request.person
        if is_other and row.is_in_danger:
            continue
        told = None if agreed and not is_other else later_hour_told(row, plan, schedule)
        if by != audit.VISITOR or not waits_for_a_person(row):
            row.status = Status.TRYING if row.tries or row.talks else Status.NEW
        row.set_plan(plan, told)
        save(row)
    audit.record(by, AuditAction.PLANNED, request.pk, **scope.detail)


def change_preferences(
    request: CallbackRequest,
    by: Any,
    best_time: str,
    time_zone: str,
    scope: Scope = Scope.PERSON,
) -> None:
    """Change hours and time zone, and plan again by them. Raises InvalidTransition."""
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    for row in open_rows(request, scope):
        row.best_time, row.time_zone = best_time, time_zone
        now = timezone.now()
        # After a call, keep the wait that the retry rules demand.
        row.set_plan(plan_from(row, max(now, row.due_at or now) if row.tries else now))
        save(row)
    audit.record(by, AuditAction.CHANGED_WISHES, request.pk, **scope.detail)


def add_note(request: CallbackRequest, by: Any, text: str) -> Note:
    note: Note = request.notes.create(by=by, at=timezone.now(), text=text)
    audit.record(by, AuditAction.ADDED_NOTE, request.pk, entry=str(note.pk))
    danger.raise_priority(request, by, text)
    return note


def replan_missed(stopping: Callable[[], bool] = lambda: False) -> int:
    """Plan again requests whose window ended without a call; return how many.

    The promised time stays, so they show as late.
    """
    now, count = timezone.now(), 0
    missed = CallbackRequest.objects.open().filter(due_at__lte=now, due_until__lte=now)
    for pk in list(missed.order_by("due_at", "id").values_list("pk", flat=True)[:MISSED_PER_ROUND]):
        if stopping():
            break
        with transaction.atomic():
            request = claims.lock(pk)
            if not request.is_open or request.due_until is None or request.due_until > now:
                continue
            if request.is_held(now):
                continue
            plan = plan_from(request, timezone.now())
            plan = plan._replace(call_by=request.call_by or plan.call_by)
            request.set_plan(plan, request.earlier_call_by)
            save(request)
            audit.record(None, AuditAction.POSTPONED, request.pk)
            count += 1
    return count


def plan_from(request: CallbackRequest, moment: datetime) -> Plan:
    """Plan a call in the first slot from `moment` on."""
    schedule, caller = Schedule.current(), request.preferences
    slot = next_slot(schedule, caller, moment)
    target = Desk.current().target_minutes
    return Plan(slot.start, slot.end, after_minutes(schedule, caller, moment, target))


def open_rows(request: CallbackRequest, scope: Scope) -> list[CallbackRequest]:
    """Return `request` itself and the other open requests that `scope` covers."""
    open_requests = CallbackRequest.objects.open().exclude(pk=request.pk).order_by("pk")
    match scope:
        case Scope.REQUEST:
            return [request]
        case Scope.PERSON:
            return [request, *open_requests.of_person(request)]
        case Scope.LINE:
            return [request, *open_requests.on_lines_of(request)]
    assert_never(scope)


def save(request: CallbackRequest) -> None:
    """Save what transitions change, and raise its version."""
    request.version += 1
    request.save(update_fields=WORKING_FIELDS)
