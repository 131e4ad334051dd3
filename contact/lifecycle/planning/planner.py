"""When requests are called by one set of rules, and what they are promised by it."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from datetime import datetime, timedelta

from contact.models import CallAttempt, CallbackRequest
from contact.records.desk.desk import Desk
from contact.records.desk.planning_rules import PlanningRules
from contact.records.desk.retry_rules import slot_by
from contact.records.enums import Status
from contact.records.outcomes import CallOutcome
from contact.schedule.opening_hours import Span
from contact.schedule.slots import CallPreferences, after_minutes, is_called_until, next_slot

QUEUE_LOOKED_AT = timedelta(days=7)


class Planner:
    """Plans requests by one set of rules, as of one moment."""

    def __init__(self, rules: PlanningRules, now: datetime) -> None:
        self.rules, self.now = rules, now
        desk = Desk.current()
        self.target, self.minutes_per_call = desk.target_minutes, desk.minutes_per_call
        # When those are called, in order, whose promise was broken before: they come first.
        self.moved = sorted(_broken_before(now))
        self._slots: dict[tuple[CallPreferences, datetime], Span] = {}
        self._called_until: dict[tuple[CallPreferences, datetime], bool] = {}

    def slot(self, caller: CallPreferences, after: datetime) -> Span:
        """Return the next slot; most who wait ask the same, so answers are kept."""
        key = (caller, after)
        if key not in self._slots:
            self._slots[key] = next_slot(self.rules.schedule, caller, after)
        return self._slots[key]

    def next_call(
        self, row: CallbackRequest, last: CallAttempt | None, *, is_urgent: bool
    ) -> tuple[Span, str]:
        """Return the slot of the next call and the status that goes with it."""
        caller, start, status = row.preferences, self.now, row.status
        if last:
            start = max(start, row.due_at or start)
        if last and CallOutcome(last.outcome).facts.next_step.has_rules:
            tries = max(row.tries, 1)
            step = self.rules.step(last.outcome, tries, is_urgent=is_urgent)
            if step is None:
                return self.slot(caller, self.now), Status.LEAD
            slot = slot_by(step, self.rules.schedule, caller, last.at)
            start = max(self.now, slot.start)
        return self.slot(caller, start), status

    def is_called_until(self, row: CallbackRequest, moment: datetime) -> bool:
        key = (row.preferences, moment)
        if key not in self._called_until:
            self._called_until[key] = is_called_until(self.rules.schedule, *key)
        return self._called_until[key]

    def deadline(self, row: CallbackRequest, after: datetime) -> datetime:
        """Promise a call anew, behind all to whom this desk of one person promised one before."""
        start = self.slot(row.preferences, after).start
        ahead = bisect_right(self.moved, start + QUEUE_LOOKED_AT) - bisect_right(self.moved, start)
        minutes = self.target + ahead * self.minutes_per_call
        deadline = after_minutes(self.rules.schedule, row.preferences, start, minutes)
        insort(self.moved, deadline)
        return deadline

    def deadline_instead(self, row: CallbackRequest, after: datetime) -> datetime:
        """Promise a call anew in place of a later one that was promised when rules changed."""
        if row.call_by in self.moved:
            self.moved.remove(row.call_by)
        return self.deadline(row, after)


def _broken_before(now: datetime) -> Iterator[datetime]:
    """Yield until when those are called whose promise was broken by an earlier change."""
    moved = CallbackRequest.objects.open().filter(earlier_call_by__isnull=False, call_by__gt=now)
    return (at for at in moved.values_list("call_by", flat=True) if at)
