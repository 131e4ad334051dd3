"""Calls that staff made, talks that others began, and what follows each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from contact.lifecycle.planning.named_times import named_time_plan
from contact.lifecycle.triage import danger
from contact.models import CallAttempt, CallbackRequest, Plan
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.retry_rules import next_try
from contact.records.enums import Direction, Status
from contact.records.outcomes import CallFacts, CallOutcome, NextStep
from contact.schedule.opening_hours import Schedule, hour_of_week

from .stops import stop_calls
from .transitions import (
    InvalidTransition,
    Scope,
    open_rows,
    plan_from,
    save,
)


def record_attempt(
    request: CallbackRequest,
    by: Any,
    outcome: str,
    note: str = "",
    *,
    call_at: datetime | None = None,
    language: str = "",
    scope: Scope = Scope.PERSON,
    direction: Direction = Direction.OUTGOING,
) -> CallAttempt:
    """Record a call or a talk and plan the next step for every open request of the person.

    A talk that they began is no try of ours: it leaves tries and first attempt alone. After
    reaching someone, the caller keeps the claim until the request is closed or planned.
    Raises InvalidTransition.
    """
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    rows, facts = open_rows(request, Scope.PERSON), CallOutcome(outcome).facts
    _require_possible(facts, rows, call_at, direction)
    danger.raise_priority(request, by, note)
    now, schedule = timezone.now(), Schedule.current()
    _count(rows, direction, language)
    attempt = request.attempts.create(
        by=by,
        at=now,
        outcome=outcome,
        note=note,
        direction=direction,
        number=request.tries if direction.is_ours else request.talks,
        hour_of_week=hour_of_week(now),
    )
    plan, status = _next_plan(rows, schedule, outcome, now, call_at)
    for row in rows:
        row.status = status
        row.set_plan(plan)
        _end_call(row, facts, direction, schedule, now)
        save(row)
    detail = {} if direction.is_ours else {"direction": direction.value}
    audit.record(
        by, AuditAction.CALLED, request.pk, outcome=outcome, entry=str(attempt.pk), **detail
    )
    if facts.next_step is NextStep.NO_CALLS:
        stop_calls(request, by, scope)
    return attempt


def _count(rows: list[CallbackRequest], direction: Direction, language: str) -> None:
    new_language = language if language in CallbackRequest.Language.values else ""
    for row in rows:
        if direction.is_ours:
            row.tries += 1
        else:
            row.talks += 1
        row.language = new_language or row.language


def _end_call(
    row: CallbackRequest, facts: CallFacts, direction: Direction, schedule: Schedule, now: datetime
) -> None:
    row.revealed_at, row.talk_direction = None, ""
    # A mismatch spoke with us, but still waits for somebody who can help.
    if facts.spoke and facts.next_step is not NextStep.COLLEAGUE:
        row.reached_at = now
    if direction.is_ours and row.first_attempt_at is None:
        row.first_attempt_at = now
        row.first_attempt_minutes = schedule.minutes_between(row.created_at, now)
    if facts.next_step is not NextStep.WRAP_UP:
        row.claimed_by = row.claimed_until = None


def _require_possible(
    facts: CallFacts,
    rows: list[CallbackRequest],
    call_at: datetime | None,
    direction: Direction,
) -> None:
    """Raise InvalidTransition if a call about these requests cannot have had this outcome."""
    if not direction.is_ours and not facts.talk:
        raise InvalidTransition("No talk that they began ends so.")
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
    """Return plan and status after a call about the first of these requests of one person."""
    if CallOutcome(outcome).facts.next_step is NextStep.NAMED_TIME and call_at is not None:
        return named_time_plan(call_at), Status.TRYING
    # Danger in any of them is the person's.
    request = next((row for row in rows if row.is_danger), rows[0])
    # Before any try of ours, the rule after the first one holds.
    caller, tries = request.preferences, max(rows[0].tries, 1)
    slot = next_try(schedule, caller, outcome, tries, now, is_urgent=request.is_danger)
    if slot is None:
        return plan_from(request, now), Status.LEAD
    return plan_from(request, slot.start), Status.TRYING
