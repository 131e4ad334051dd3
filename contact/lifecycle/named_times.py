"""Calls at a time that the caller or staff named."""

from __future__ import annotations

from contact.models import CallbackRequest, Plan

from .transitions import asked_for


def has_named_time(request: CallbackRequest) -> bool:
    """Whether somebody named the time of the next call."""
    due_at, due_until, call_by = request.due_at, request.due_until, request.call_by
    if due_at is None or due_until is None or call_by is None:
        return False
    return Plan(due_at, due_until, call_by) == asked_for(due_at)
