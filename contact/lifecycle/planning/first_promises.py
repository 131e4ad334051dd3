"""What was promised before hours or rules changed, and is kept once they change back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from contact.models import CallbackRequest, Plan
from contact.privacy.audit_trail.audit import AuditAction, AuditEntry
from contact.schedule.opening_hours import Span

from .named_times import NAMED_TIME_TOLERANCE, named_time_plan
from .planner import Planner


def moved_by_rules(rows: Iterable[CallbackRequest]) -> dict[Any, bool]:
    """Return which of these were promised another time until rules changed, and if a named one."""
    first = {row.pk: row.earlier_call_by for row in rows if row.earlier_call_by}
    if not first:
        return {}
    moves = AuditEntry.objects.filter(action=AuditAction.PROMISE_CHANGED, request_id__in=first)
    return {
        key: bool(detail.get("named"))
        for key, detail in moves.order_by("number").values_list("request_id", "detail")
        if key and parse_datetime(detail.get("before", "")) == first[key]
    }


def first_start(first: datetime, after: Planner) -> datetime:
    """Return from when on we may call whose plan was not made by rules: as for the promise."""
    return max(after.now, first - timedelta(minutes=after.target))


def call_by_again(
    row: CallbackRequest, slot: Span, before: Planner, after: Planner
) -> datetime | None:
    """Return by when we call somebody whose promise rules had moved, if that is sooner again.

    That is the first promise where it can still be kept, else a new one behind it.
    """
    first, call_by = row.earlier_call_by, row.call_by
    if first is None or call_by is None:
        return None
    if max(slot.start, after.now) < first < call_by and after.is_called_until(row, first):
        return first
    at = max(first, after.now)
    if after.slot(row.preferences, at).start >= before.slot(row.preferences, at).start:
        return None
    return min(call_by, after.deadline_instead(row, max(slot.start, at)))


def named_time_again(row: CallbackRequest, before: Planner, after: Planner) -> Plan | None:
    """Return the plan for a named time that had moved as the desk was closed then, and is not."""
    if row.earlier_call_by is None:
        return None
    at = row.earlier_call_by - NAMED_TIME_TOLERANCE
    is_back = after.rules.schedule.is_open(at) and not before.rules.schedule.is_open(at)
    return named_time_plan(at) if at > after.now and is_back else None
