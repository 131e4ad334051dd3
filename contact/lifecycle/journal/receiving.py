"""Inserting new requests: their indexes, priority, first plan and audit entries."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.db import transaction
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

    `by` is the account that wrote it down for somebody; the team needs no mail about that.
    """
    receive_all([(request, by)], phrases)


def receive_all(
    arrivals: Sequence[tuple[CallbackRequest, Any]], phrases: tuple[PatternRow, ...] | None = None
) -> None:
    """Do so for requests and their writers, all of them or none.

    `phrases` are the rows of danger patterns, read once for many requests.
    """
    # Before the transaction: nobody else writes to SQLite meanwhile.
    for request, _by in arrivals:
        _complete(request, phrases)
    _insert_all(arrivals)


@transaction.atomic
def _insert_all(arrivals: Sequence[tuple[CallbackRequest, Any]]) -> None:
    requests = [request for request, _by in arrivals]
    for request in requests:
        index_rotation.bring_over(str(request.phone), str(request.extension))
    # Take the audit lock first, so that a concurrent stop or arrival has committed.
    audit.lock()
    stopped = line_stops.stopped_lines(requests)
    rows = NewRows()
    seen = floods.SeenBefore(requests, rows.waiting)
    schedule, desk = Schedule.current(), Desk.current()
    code_words.drop_all_taken(requests)
    for request in requests:
        request.set_apart = floods.reason_to_set_apart(request, seen)
        if request.set_apart and not request.is_danger:
            request.priority = Priority.AUTOMATIC
        if schedule.is_known:
            request.asked_while_open = schedule.is_open(request.created_at)
        if request.set_apart and request.is_danger:
            # It takes its place behind rows.
            rows.insert()
        request.set_plan(first_plan(request, schedule, desk))
        if not request.is_danger and stopped & {request.line_index, request.phone_index}:
            # The person who stopped calls to this line may be somebody else.
            request.status = request.Status.LEAD
        rows.waiting.append(request)
    rows.insert()
    seen.note_words()
    search_index.index_requests(requests)
    _record(arrivals)


class NewRows:
    """Complete requests that are inserted together, at the latest when one looks for others."""

    def __init__(self) -> None:
        self.waiting: list[CallbackRequest] = []

    def insert(self) -> None:
        CallbackRequest.objects.bulk_create(self.waiting)
        self.waiting.clear()


def _complete(request: CallbackRequest, phrases: tuple[PatternRow, ...] | None) -> None:
    """Note what follows from its name, number, words and time."""
    request.phone_index = phone_index(str(request.phone))
    request.line_index = line_index(str(request.phone), str(request.extension))
    if request.origin != Origin.WEBSITE:
        request.notified_at = timezone.now()
    request.number_zones = number_zones(str(request.phone))
    request.name_index = name_index(str(request.name))
    request.hour_of_week = hour_of_week(request.created_at)
    request.priority = priority_of(request, phrases)
    request.danger_at = request.created_at if request.is_danger else None


def _record(arrivals: Sequence[tuple[CallbackRequest, Any]]) -> None:
    for (by, origin), group in itertools.groupby(arrivals, lambda each: (each[1], each[0].origin)):
        detail = {} if origin == Origin.WEBSITE else {"origin": origin}
        ids = [request.pk for request, _by in group]
        audit.record_each(by, AuditAction.RECEIVED, ids, **detail)


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


def first_plan(request: CallbackRequest, schedule: Schedule, desk: Desk | None = None) -> Plan:
    """Plan the first call in their hours, by the promised time or else by the desk's target."""
    caller = request.preferences
    slot = next_slot(schedule, caller, request.created_at)
    if slot.end <= timezone.now():
        slot = next_slot(schedule, caller, timezone.now())
    target = (desk or Desk.current()).target_minutes
    target_time = after_minutes(schedule, caller, request.created_at, target)
    call_by = request.promised_by or target_time
    # A promise made before danger was found is no reason to wait for it.
    return Plan(slot.start, slot.end, min(call_by, target_time) if request.is_danger else call_by)
