"""Calls at a time that the caller or staff named, and calls at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from contact.models import CallbackRequest, Plan
from contact.schedule.calling_hours import BestTime

# How long a call at a named time stays due, and after which delay it is late.
NAMED_TIME_WINDOW = timedelta(hours=2)
NAMED_TIME_TOLERANCE = timedelta(minutes=15)


def named_time_plan(at: datetime) -> Plan:
    """Plan a call at a named time."""
    return Plan(at, at + NAMED_TIME_WINDOW, at + NAMED_TIME_TOLERANCE)


def has_named_time(request: CallbackRequest) -> bool:
    """Return whether the next call is planned for a named time."""
    due_at, due_until, call_by = request.due_at, request.due_until, request.call_by
    if due_at is None or due_until is None or call_by is None:
        return False
    return Plan(due_at, due_until, call_by) == named_time_plan(due_at)


def is_callable_at_night(request: CallbackRequest, now: datetime) -> bool:
    """Return whether to call now, whatever their clock shows.

    It is due, and they asked for it or may be in danger.
    """
    due_at, due_until = request.due_at, request.due_until
    is_at_any_hour = request.is_danger or request.best_time == BestTime.NOW
    if not is_at_any_hour or due_at is None or due_until is None:
        return False
    return due_at <= now < due_until
