"""What happens to a request until it is closed: calls, plans, outcomes.

Every function takes a request locked by `claims.lock` in the same transaction, writes its own
audit entry, and makes older pages of the request stale. `by` is an account, audit.VISITOR, or
None for the system.
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
from contact.records.enums import CallOutcome, NextStep, RequestOutcome
from contact.records.retry_rules import next_try
from contact.schedule.opening_hours import Schedule, hour_of_week
from contact.schedule.slots import CallPreferences, after_minutes, next_slot

from . import claims

# A call at a time that somebody named: how long it stays due, and when it is late.
NAMED_TIME_WINDOW = timedelta(hours=2)
NAMED_TIME_TOLERANCE = timedelta(minutes=15)
BATCH = 100
# What changes while a request is worked on. Not the person's words, nor the mail's own columns.
WORKING_FIELDS = (
    *("status", "outcome", "reason", "referred_to", "closed_at", "tries"),
    *("due_at", "due_until", "call_by", "turn_at", "first_attempt_at", "first_attempt_minutes"),
    *("claimed_by", "claimed_until", "revealed_at", "same_person_as", "version"),
    *("best_time", "time_zone", "language"),
)
Status = CallbackRequest.Status


class InvalidTransition(Exception):
    """What was asked for contradicts the request: it is closed, or forbids it."""


def record_attempt(
    request: CallbackRequest,
    by: Any,
    outcome: str,
    note: str = "",
    *,
    call_at: datetime | None = None,
    language: str = "",
) -> CallAttempt:
    """Write down a call and plan what follows for every open request of the number.

    Who was reached stays with the caller until the case is closed or planned.
    Raises InvalidTransition.
    """
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    rows = _number(request)
    facts = CallOutcome(outcome).facts
    no_message = any(row.voicemail == CallbackRequest.Voicemail.NONE for row in rows)
    if facts.needs_voicemail and no_message:
        raise InvalidTransition("They allowed no voicemail.")
    if facts.next_step is NextStep.NAMED_TIME and call_at is None:
        raise InvalidTransition("A call at a named time needs the time.")
    now, schedule = timezone.now(), Schedule.current()
    spoken = language if language in CallbackRequest.Language.values else ""
    for row in rows:
        row.tries += 1
        row.language = spoken or row.language
    attempt = request.attempts.create(
        by=by,
        at=now,
        outcome=outcome,
        note=note,
        number=request.tries,
        hour_of_week=hour_of_week(now),
    )
    plan, status = _what_follows(rows, schedule, outcome, now, call_at)
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
        stop(request, by)
    return attempt


def _what_follows(
    rows: list[CallbackRequest],
    schedule: Schedule,
    outcome: str,
    now: datetime,
    call_at: datetime | None,
) -> tuple[Plan, str]:
    """After a call about the first of these, the open requests of one number."""
    if CallOutcome(outcome).facts.next_step is NextStep.NAMED_TIME and call_at is not None:
        return asked_for(call_at), Status.TRYING
    request = rows[0]
    caller = CallPreferences(request.best_time, request.time_zone)
    is_urgent = any(row.priority == CallbackRequest.Priority.DANGER for row in rows)
    slot = next_try(schedule, caller, outcome, request.tries, now, is_urgent=is_urgent)
    if slot is None:
        return _from(request, now), Status.LEAD
    return _from(request, slot.start), Status.TRYING


def asked_for(at: datetime) -> Plan:
    """A call at a time that somebody named."""
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


def stop(request: CallbackRequest, by: Any) -> int:
    """No more calls: close every open request of the number, and return how many."""
    count = 0
    audit.record(by, AuditAction.STOPPED, request.pk)
    # Those who come in now wait for the trail's head, or are seen in the next round.
    while rows := [row for row in _number(request) if row.is_open]:
        for row in rows:
            close(row, by, RequestOutcome.STOP)
        count += len(rows)
    return count


def stopped_at(request: CallbackRequest) -> datetime | None:
    """When this number last asked us to stop."""
    number = list(CallbackRequest.objects.of_number(request).only("outcome", "closed_at"))
    stopped = [each for each in number if each.outcome == RequestOutcome.STOP]
    stops = [each.closed_at for each in stopped if each.closed_at]
    # A stop that a lead undid, or that came when nothing was open, stands in the trail alone.
    written = audit.AuditEntry.objects.filter(
        action=AuditAction.STOPPED, request_id__in=[each.pk for each in number]
    )
    return max([*stops, *written.values_list("at", flat=True)], default=None)


def reopen(request: CallbackRequest, by: Any) -> None:
    """Undo closing it. Raises InvalidTransition for what is open or emptied."""
    if request.is_open or request.is_purged:
        raise InvalidTransition("Only a closed request that was not emptied can be opened again.")
    request.status = Status.TRYING if request.tries else Status.NEW
    request.outcome, request.referred_to, request.closed_at = "", None, None
    request.set_plan(_from(request, timezone.now()))
    _save(request)
    audit.record(by, AuditAction.REOPENED, request.pk)


def replan(request: CallbackRequest, by: Any, at: datetime) -> None:
    """Call every open request of the number at a time that somebody named."""
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    for row in _number(request):
        row.status = Status.TRYING if row.tries else Status.NEW
        row.set_plan(asked_for(at))
        _save(row)
    audit.record(by, AuditAction.PLANNED, request.pk)


def change_wishes(request: CallbackRequest, by: Any, best_time: str, time_zone: str) -> None:
    """Other hours or another time zone for every open request of the number."""
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    for row in _number(request):
        row.best_time, row.time_zone = best_time, time_zone
        now = timezone.now()
        # After a try, never sooner than planned.
        row.set_plan(_from(row, max(now, row.due_at or now) if row.tries else now))
        _save(row)
    audit.record(by, AuditAction.CHANGED_WISHES, request.pk)


def add_note(request: CallbackRequest, by: Any, text: str) -> Note:
    note: Note = request.notes.create(by=by, at=timezone.now(), text=text)
    audit.record(by, AuditAction.ADDED_NOTE, request.pk, entry=str(note.pk))
    return note


def link(request: CallbackRequest, by: Any, other: CallbackRequest) -> None:
    """Show both, and all linked with either, as one person's; each keeps its calls and outcome.

    `other` was locked with `request`. Raises InvalidTransition.
    """
    if request.pk == other.pk:
        raise InvalidTransition("A request is not linked to itself.")
    other.refresh_from_db(fields=["same_person_as"])
    # One step up is enough: whatever is linked points at the same first request.
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
    """Find the next chance for those whose hours passed without a call; return how many.

    What was promised stays: they show as late.
    """
    now, count = timezone.now(), 0
    missed = CallbackRequest.objects.open().filter(due_at__lte=now, due_until__lte=now)
    for pk in list(missed.order_by("due_at", "id").values_list("pk", flat=True)[:BATCH]):
        if stopping():
            break
        with transaction.atomic():
            request = claims.lock(pk)
            if not request.is_open or request.due_until is None or request.due_until > now:
                continue
            if request.is_held(now):
                continue
            plan = _from(request, timezone.now())
            request.set_plan(plan._replace(call_by=request.call_by or plan.call_by))
            _save(request)
            audit.record(None, AuditAction.POSTPONED, request.pk)
            count += 1
    return count


def _from(request: CallbackRequest, moment: datetime) -> Plan:
    """The first chance from `moment` on."""
    schedule, caller = Schedule.current(), CallPreferences(request.best_time, request.time_zone)
    slot = next_slot(schedule, caller, moment)
    target = Desk.current().target_minutes
    return Plan(slot.start, slot.end, after_minutes(schedule, caller, moment, target))


def _number(request: CallbackRequest) -> list[CallbackRequest]:
    """The open requests of its number: `request` itself and the locked others."""
    others = CallbackRequest.objects.open().of_number(request).exclude(pk=request.pk)
    return [request, *others.order_by("pk")]


def _save(request: CallbackRequest) -> None:
    request.version += 1
    request.save(update_fields=WORKING_FIELDS)
