"""Calls at a time that the caller or staff named, and calls at night."""

from __future__ import annotations

from datetime import datetime

from contact.models import CallbackRequest, Plan
from contact.schedule.calling_hours import BestTime

from .transitions import named_time_plan


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
