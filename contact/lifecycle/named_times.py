"""Calls at a time that the caller or staff named."""

from __future__ import annotations

from contact.models import CallbackRequest, Plan

from .transitions import named_time_plan


def has_named_time(request: CallbackRequest) -> bool:
    """Return whether the next call is planned for a named time."""
    due_at, due_until, call_by = request.due_at, request.due_until, request.call_by
    if due_at is None or due_until is None or call_by is None:
        return False
    return Plan(due_at, due_until, call_by) == named_time_plan(due_at)
