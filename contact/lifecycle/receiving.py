"""A request's first second in the database: found by its number, put in its turn."""

from __future__ import annotations

from django.utils import timezone

from contact.models import CallbackRequest, DangerPhrase, Plan, phone_index
from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.privacy.name_index import name_index
from contact.records import danger_phrases
from contact.records.desk import Desk
from contact.records.enums import CallingFor, Priority
from contact.schedule.opening_hours import Schedule, hour_of_week
from contact.schedule.slots import CallPreferences, after_minutes, next_slot

from . import transitions


def receive(request: CallbackRequest) -> None:
    """Complete and insert a new request; the audit trail says that it came."""
    request.phone_index = phone_index(str(request.phone))
    request.name_index = name_index(str(request.name))
    request.hour_of_week = hour_of_week(request.created_at)
    request.priority = priority_of(request)
    request.set_plan(first_plan(request))
    # The trail first: a stop that is being written down now is over once its head is free.
    audit.record(None, AuditAction.RECEIVED, request.pk)
    stopped = transitions.stopped_at(request)
    if stopped and stopped > request.created_at:
        # It waited in the journal while the person asked us to stop.
        request.status, request.outcome = request.Status.CLOSED, request.Outcome.STOP
        # The stop's own time: a later one would count as a stop after which nobody asked again.
        request.closed_at = stopped
    request.save(force_insert=True)


def priority_of(request: CallbackRequest) -> Priority:
    """From what they chose, and as a hint from words that may mean danger."""
    if request.suspected_spam:
        return Priority.AUTOMATIC
    phrases = DangerPhrase.objects.values_list("words", flat=True)
    if danger_phrases.found_in("\n".join([str(request.message), str(request.needs)]), phrases):
        return Priority.DANGER
    try:
        return CallingFor(request.calling_for).priority
    except ValueError:
        # An answer that this release does not know must not keep a request in the journal.
        return Priority.SOMEONE_ELSE


def first_plan(request: CallbackRequest) -> Plan:
    """From when they may be called; by when is what they were told, else the desk's target."""
    schedule, caller = Schedule.current(), CallPreferences(request.best_time, request.time_zone)
    slot = next_slot(schedule, caller, request.created_at)
    if slot.end <= timezone.now():
        slot = next_slot(schedule, caller, timezone.now())
    target = Desk.current().target_minutes
    aim = after_minutes(schedule, caller, request.created_at, target)
    return Plan(slot.start, slot.end, request.promised_by or aim)
