"""Transitions of a request: calls, plans, closing, reopening, links.

Every function takes a request locked by `claims.lock` in the same transaction, writes its own
audit entry, and raises `version`, so that pages opened before save nothing. `by` is an account,
audit.VISITOR, or None for the system.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contact.models import CallAttempt, CallbackRequest, Note, Place, Plan
from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.records.desk import Desk
from contact.records.enums import Status
from contact.records.outcomes import CallFacts, CallOutcome, NextStep, RequestOutcome
from contact.records.retry_rules import next_try
from contact.schedule.opening_hours import Schedule, hour_of_week
from contact.schedule.slots import CallPreferences, after_minutes, next_slot

from . import claims

# How long a call at a named time stays due, and after which delay it is late.
NAMED_TIME_WINDOW = timedelta(hours=2)
NAMED_TIME_TOLERANCE = timedelta(minutes=15)
MISSED_PER_ROUND = 100
# Columns that transitions change; the visitor's words and the mail's columns stay.
WORKING_FIELDS = (
    *("status", "outcome", "reason", "referred_to", "closed_at", "tries"),
    *("due_at", "due_until", "call_by", "turn_at", "first_attempt_at", "first_attempt_minutes"),
    *("claimed_by", "claimed_until", "revealed_at", "same_person_as", "version"),
    *("best_time", "time_zone", "language"),
)


class InvalidTransition(Exception):
    """The request does not allow this transition."""


def record_attempt(
    request: CallbackRequest,
    by: Any,
    outcome: str,
    note: str = "",
    *,
    call_at: datetime | None = None,
    language: str = "",
) -> CallAttempt:
    """Record a call and plan the next step for every open request of the number.

    After reaching someone, the caller keeps the claim until the request is closed or planned.
    Raises InvalidTransition.
    """
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    rows, facts = _open_rows(request), CallOutcome(outcome).facts
    _require_possible(facts, rows, call_at)
    now, schedule = timezone.now(), Schedule.current()
    new_language = language if language in CallbackRequest.Language.values else ""
    for row in rows:
        row.tries += 1
        row.language = new_language or row.language
    attempt = request.attempts.create(
        by=by,
        at=now,
        outcome=outcome,
        note=note,
        number=request.tries,
        hour_of_week=hour_of_week(now),
    )
    plan, status = _next_plan(rows, schedule, outcome, now, call_at)
    is_held = facts.next_step is NextStep.WRAP_UP
    for row in rows:
        row.status, row.revealed_at = status, None
        row.set_plan(plan)
        if row.first_attempt_at is None:
            row.first_attempt_at = now
            row.first_attempt_minutes = schedule.minutes_between(row.created_at, now)
        if not is_held:
            row.claimed_by = row.claimed_until = None
        _save(row)
    audit.record(by, AuditAction.CALLED, request.pk, outcome=outcome, entry=str(attempt.pk))
    if facts.next_step is NextStep.NO_CALLS:
        stop_calls(request, by)
    return attempt


def _require_possible(
    facts: CallFacts, rows: list[CallbackRequest], call_at: datetime | None
) -> None:
    """Raise InvalidTransition if a call about these requests cannot have had this outcome."""
    no_message = any(row.voicemail == CallbackRequest.Voicemail.NONE for row in rows)
    if facts.needs_voicemail and no_message:
        raise InvalidTransition("They allowed no voicemail.")
    if facts.next_step is NextStep.NAMED_TIME and call_at is None:
        raise InvalidTransition("A call at a named time needs the time.")


def _next_plan(
    rows: list[CallbackRequest],
    schedule: Schedule,
    outcome: str,
    now: datetime,
    call_at: datetime | None,
) -> tuple[Plan, str]:
    """Return plan and status after a call about the first of these requests of one number."""
    if CallOutcome(outcome).facts.next_step is NextStep.NAMED_TIME and call_at is not None:
        return named_time_plan(call_at), Status.TRYING
    request = rows[0]
    caller = CallPreferences(request.best_time, request.time_zone)
    is_urgent = any(row.priority == CallbackRequest.Priority.DANGER for row in rows)
    slot = next_try(schedule, caller, outcome, request.tries, now, is_urgent=is_urgent)
    if slot is None:
        return _plan_from(request, now), Status.LEAD
    return _plan_from(request, slot.start), Status.TRYING


def named_time_plan(at: datetime) -> Plan:
    """Plan a call at a named time."""
    return Plan(at, at + NAMED_TIME_WINDOW, at + NAMED_TIME_TOLERANCE)


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
    _save(request)
    audit.record(by, AuditAction.CLOSED, request.pk, outcome=outcome)


def stop_calls(request: CallbackRequest, by: Any) -> int:
    """Close every open request of the number for good; return how many."""
    count = 0
    audit.record(by, AuditAction.STOPPED, request.pk)
    # Requests arriving now wait for the audit lock or are found in the next round.
    while rows := [row for row in _open_rows(request) if row.is_open]:
        for row in rows:
            close(row, by, RequestOutcome.STOP)
        count += len(rows)
    return count


def stopped_at(request: CallbackRequest) -> datetime | None:
    """Return when this number last asked us to stop, or None."""
    number = list(CallbackRequest.objects.of_number(request).only("outcome", "closed_at"))
    stopped = [each for each in number if each.outcome == RequestOutcome.STOP]
    stops = [each.closed_at for each in stopped if each.closed_at]
    # Only the audit trail holds a stop that a lead undid, or that closed no request.
    written = audit.AuditEntry.objects.filter(
        action=AuditAction.STOPPED, request_id__in=[each.pk for each in number]
    )
    return max([*stops, *written.values_list("at", flat=True)], default=None)


def reopen(request: CallbackRequest, by: Any) -> None:
    """Reopen a closed request. Raises InvalidTransition if it is open or was purged."""
    if request.is_open or request.is_purged:
        raise InvalidTransition("Only a closed request that was not emptied can be opened again.")
    request.status = Status.TRYING if request.tries else Status.NEW
    request.outcome, request.referred_to, request.closed_at = "", None, None
    request.set_plan(_plan_from(request, timezone.now()))
    _save(request)
    audit.record(by, AuditAction.REOPENED, request.pk)


def replan(request: CallbackRequest, by: Any, at: datetime) -> None:
    """Plan every open request of the number for a named time."""
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    for row in _open_rows(request):
        row.status = Status.TRYING if row.tries else Status.NEW
        row.set_plan(named_time_plan(at))
        _save(row)
    audit.record(by, AuditAction.PLANNED, request.pk)


def change_preferences(request: CallbackRequest, by: Any, best_time: str, time_zone: str) -> None:
    """Change the hours and time zone of every open request of the number."""
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    for row in _open_rows(request):
        row.best_time, row.time_zone = best_time, time_zone
        now = timezone.now()
        # After a call, keep the wait that the retry rules demand.
        row.set_plan(_plan_from(row, max(now, row.due_at or now) if row.tries else now))
        _save(row)
    audit.record(by, AuditAction.CHANGED_WISHES, request.pk)


def add_note(request: CallbackRequest, by: Any, text: str) -> Note:
    note: Note = request.notes.create(by=by, at=timezone.now(), text=text)
    audit.record(by, AuditAction.ADDED_NOTE, request.pk, entry=str(note.pk))
    return note


def link(request: CallbackRequest, by: Any, other: CallbackRequest) -> None:
    """Link both requests, and all linked with either, as one person's.

    Each keeps its calls and outcome. `other` was locked with `request`. Raises InvalidTransition.
    """
    if request.pk == other.pk:
        raise InvalidTransition("A request is not linked to itself.")
    other.refresh_from_db(fields=["same_person_as"])
    # One step is enough: all requests of a group point at its head.
    mine = request.same_person_as_id or request.pk
    first = other.same_person_as_id or other.pk
    if mine == first:
        return
    group = CallbackRequest.objects.filter(Q(pk=mine) | Q(same_person_as=mine))
    group.update(same_person_as=first)
    request.same_person_as_id = first
    _save(request)
    audit.record(by, AuditAction.LINKED, request.pk, other=str(other.pk))


def unlink(request: CallbackRequest, by: Any) -> None:
    request.same_person_as = None
    _save(request)
    audit.record(by, AuditAction.UNLINKED, request.pk)


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
            plan = _plan_from(request, timezone.now())
            request.set_plan(plan._replace(call_by=request.call_by or plan.call_by))
            _save(request)
            audit.record(None, AuditAction.POSTPONED, request.pk)
            count += 1
    return count


def _plan_from(request: CallbackRequest, moment: datetime) -> Plan:
    """Plan a call in the first slot from `moment` on."""
    schedule, caller = Schedule.current(), CallPreferences(request.best_time, request.time_zone)
    slot = next_slot(schedule, caller, moment)
    target = Desk.current().target_minutes
    return Plan(slot.start, slot.end, after_minutes(schedule, caller, moment, target))


def _open_rows(request: CallbackRequest) -> list[CallbackRequest]:
    """Return the open requests of its number: `request` itself and the locked others."""
    others = CallbackRequest.objects.open().of_number(request).exclude(pk=request.pk)
    return [request, *others.order_by("pk")]


def _save(request: CallbackRequest) -> None:
    request.version += 1
    request.save(update_fields=WORKING_FIELDS)
