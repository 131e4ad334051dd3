"""Inserting a new request: its indexes, priority, first plan and audit entry."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from contact.danger.verdict import PatternRow
from contact.lifecycle.planning import line_stops
from contact.lifecycle.triage import danger, floods
from contact.models import CallbackRequest, Plan, line_index, phone_index
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.matching.name_index import name_index
from contact.records import phones
from contact.records.desk.desk import Desk
from contact.records.enums import CallingFor, Origin, Priority
from contact.schedule.number_zones import number_zones
from contact.schedule.opening_hours import Schedule, hour_of_week
from contact.schedule.slots import after_minutes, next_slot

from . import code_words, index_rotation, search_index


def receive(
    request: CallbackRequest, phrases: tuple[PatternRow, ...] | None = None, by: Any = None
) -> None:
    """Complete a new request, insert it, and record that it was received.

    `phrases` are the rows of danger patterns, read once for many requests. `by` is the account
    that wrote it down for somebody; the team needs no mail about that.
    """
    detail = {}
    if request.origin != Origin.WEBSITE:
        request.notified_at, detail = timezone.now(), {"origin": request.origin}
    request.phone_index = phone_index(str(request.phone))
    request.line_index = line_index(str(request.phone), str(request.extension))
    request.number_zones = number_zones(str(request.phone))
    request.name_index = name_index(str(request.name))
    request.hour_of_week = hour_of_week(request.created_at)
    request.priority = priority_of(request, phrases)
    request.danger_at = request.created_at if request.is_danger else None
    request.set_apart = floods.reason_to_set_apart(request)
    if request.set_apart and not request.is_danger:
        request.priority = Priority.AUTOMATIC
    schedule = Schedule.current()
    if schedule.is_known:
        request.asked_while_open = schedule.is_open(request.created_at)
    request.set_plan(first_plan(request, schedule))
    index_rotation.bring_over(str(request.phone), str(request.extension))
    # Take the audit lock first, so that a concurrent stop or arrival has committed.
    audit.record(by, AuditAction.RECEIVED, request.pk, **detail)
    code_words.drop_if_taken(request)
    if line_stops.is_left_to_a_lead(request):
        # The person who stopped calls to this line may be somebody else.
        request.status = request.Status.LEAD
    request.save(force_insert=True)
    search_index.index_request(request)


def priority_of(
    request: CallbackRequest, phrases: tuple[PatternRow, ...] | None = None
) -> Priority:
    """Return the priority that follows from what they wrote and chose.

    Danger goes before the suspicion of spam: a password manager may fill the honeypot.
    """
    if danger.verdict_on_request(request, phrases).is_danger:
        return Priority.DANGER
    if request.suspected_spam:
        return Priority.AUTOMATIC
    # Staff ask about such a number while they talk, and write it down only if it is right.
    if request.origin == Origin.WEBSITE and not phones.is_in_use(str(request.phone)):
        return Priority.UNKNOWN_NUMBER
    return ordinary_priority(request)


def ordinary_priority(request: CallbackRequest) -> Priority:
    """Return the priority that follows from whom they ask for."""
    try:
        return CallingFor(request.calling_for).priority
    except ValueError:
        # A choice unknown to this release must not keep the request in the journal.
        return Priority.SOMEONE_ELSE


def first_plan(request: CallbackRequest, schedule: Schedule) -> Plan:
    """Plan the first call in their hours, by the promised time or else by the desk's target."""
    caller = request.preferences
    slot = next_slot(schedule, caller, request.created_at)
    if slot.end <= timezone.now():
        slot = next_slot(schedule, caller, timezone.now())
    target = Desk.current().target_minutes
    target_time = after_minutes(schedule, caller, request.created_at, target)
    call_by = request.promised_by or target_time
    # A promise made before danger was found is no reason to wait for it.
    return Plan(slot.start, slot.end, min(call_by, target_time) if request.is_danger else call_by)
