"""Planning open requests again when opening hours, special days or retry rules changed.

The desk keeps the rules by which everybody was planned last. Whatever way they changed, `run_jobs`
sees that they differ; the admin plans again at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, Q
from django.utils import timezone

from contact.models import CallAttempt, CallbackRequest, LineStop, Plan
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.desk import Desk
from contact.records.desk.planning_rules import PlanningRules
from contact.records.enums import Priority, Status
from contact.schedule.opening_hours import Span

from .first_promises import call_by_again, first_start, moved_by_rules, named_time_again
from .named_times import has_named_time
from .planner import Planner

# A transaction of so many: on SQLite nobody else writes meanwhile.
SLICE = 50
# Promises that a preview looks through, the soonest first.
MAX_PREVIEWED = 5000
PLANNING_COLUMNS = (
    *("status", "tries", "talks", "priority", "set_apart", "person"),
    *("best_time", "time_zone", "number_zones"),
    *("due_at", "due_until", "call_by", "earlier_call_by", "turn_at", "claimed_until", "version"),
)
PLANNED_FIELDS = (
    *("status", "due_at", "due_until", "call_by", "earlier_call_by", "turn_at", "version"),
)


class Replanned(NamedTuple):
    """A request with the plan that the new rules give; whether they break what was promised."""

    request: CallbackRequest
    plan: Plan
    status: str
    is_broken: bool

    @property
    def first_told(self) -> datetime | None:
        """What was promised before the first change, unless the plan keeps that."""
        row = self.request
        first = row.earlier_call_by or (row.call_by if self.is_broken else None)
        return first if first != self.plan.call_by else None


class BrokenPromises(NamedTuple):
    """Whose promise a change would break, the soonest first; `is_cut`: not all were looked at."""

    found: list[Replanned]
    is_cut: bool


class Done(NamedTuple):
    """How many requests were planned again, how many promises broke, and if all is done."""

    planned: int
    broken: int
    is_all: bool


def replanned(
    rows: list[CallbackRequest], old: PlanningRules, new: PlanningRules, now: datetime
) -> Iterator[Replanned]:
    """Yield those of these requests that the new rules plan at another time than the old ones."""
    before, after = Planner(old, now), Planner(new, now)
    called = {row.person for row in rows if row.tries or row.talks}
    last_calls = _last_calls(called)
    urgent = _urgent(called)
    moved = moved_by_rules(rows)
    # Each new promise lies behind those before it: danger first, then who was promised sooner.
    for row in sorted(rows, key=lambda row: (row.turn_at or now, row.pk)):
        if row.due_at is None or row.due_until is None or row.call_by is None:
            continue
        if has_named_time(row):
            if found := _named_time(row, before, after):
                yield found
            continue
        if moved.get(row.pk) and (again := named_time_again(row, before, after)):
            yield Replanned(row, again, row.status, is_broken=False)
            continue
        last, is_urgent = last_calls.get(row.person), row.person in urgent
        was = before.next_call(row, last, is_urgent=is_urgent)
        slot, status = after.next_call(row, last, is_urgent=is_urgent)
        if now < row.due_at != was[0].start and status == was[1]:
            # Somebody planned it otherwise: no sooner than that.
            was = before.slot(row.preferences, row.due_at), status
            first = row.earlier_call_by if row.pk in moved else None
            start = min(row.due_at, first_start(first, after)) if first else row.due_at
            slot = after.slot(row.preferences, start)
        is_broken = _is_broken(row, slot, before, after)
        if is_broken:
            call_by = after.deadline(row, max(slot.start, row.call_by))
        else:
            sooner = call_by_again(row, slot, before, after) if row.pk in moved else None
            call_by = sooner or row.call_by
        if (*was, row.call_by) == (slot, status, call_by):
            continue
        # A request that is due keeps the time since when it is.
        due_at = row.due_at if row.due_at <= now and slot.start <= now else slot.start
        plan = Plan(due_at, slot.end, call_by)
        if (plan, status) != ((row.due_at, row.due_until, row.call_by), row.status):
            yield Replanned(row, plan, status, is_broken)


def _is_broken(row: CallbackRequest, slot: Span, before: Planner, after: Planner) -> bool:
    """Return whether a promise that is still ahead can't be kept, or is not to be relied upon.

    Where many wait, the desk needs its hours until then; a slot before may not be enough.
    """
    if row.due_at is None or row.call_by is None or row.call_by <= after.now:
        return False
    if row.due_at < row.call_by <= slot.start:
        return True
    was_called = before.is_called_until(row, row.call_by)
    return was_called and not after.is_called_until(row, row.call_by)


def _named_time(row: CallbackRequest, before: Planner, after: Planner) -> Replanned | None:
    """Move a named time at which the desk was to be open and no longer is; others stay."""
    at = row.due_at
    if at is None or at <= after.now or not before.rules.schedule.is_open(at):
        return None
    if after.rules.schedule.is_open(at):
        return None
    slot = after.slot(row.preferences, at)
    plan = Plan(slot.start, slot.end, after.deadline(row, slot.start))
    return Replanned(row, plan, row.status, is_broken=True)


def _last_calls(persons: Collection[Any]) -> dict[Any, CallAttempt]:
    """Return the last call to each of these persons, whichever of their requests it was about."""
    calls = CallAttempt.objects.standing().filter(request__person__in=persons)
    newest_last = calls.order_by("at", "id").select_related("request")
    rows = newest_last.only("outcome", "at", "request__person")
    return {call.request.person: call for call in rows}


def _urgent(persons: Collection[Any]) -> set[Any]:
    """Return those of these persons who have an open request with words that may mean danger."""
    danger = CallbackRequest.objects.open().filter(priority=Priority.DANGER, person__in=persons)
    return set(danger.values_list("person", flat=True))


def promises_broken_by(new: PlanningRules) -> BrokenPromises:
    """Return whose promise these rules would break, in their turn, without saving anything."""
    now = timezone.now()
    rows = list(_planned().filter(call_by__gt=now).order_by("turn_at", "id")[: MAX_PREVIEWED + 1])
    found = replanned(rows[:MAX_PREVIEWED], PlanningRules.current(), new, now)
    return BrokenPromises([each for each in found if each.is_broken], len(rows) > MAX_PREVIEWED)


def _planned() -> Any:
    """Open requests whose visitors read a plan; for the others, a lead decides."""
    is_planned = ~Q(status=Status.LEAD) | Exists(LineStop.objects.of_request())
    return CallbackRequest.objects.open().filter(is_planned).only(*PLANNING_COLUMNS)


class Replanner:
    """Plans again who is affected by changed rules, some at a time."""

    def __init__(self) -> None:
        self._rules: dict[str, Any] = {}
        self._left: list[Any] = []
        self._was_held = False

    def run(self, seconds: float = 1, stopping: Callable[[], bool] = lambda: False) -> Done:
        """Go on for about so many seconds, by one slice at least.

        Whoever is being called now waits for a later round.
        """
        desk, new = Desk.current(), PlanningRules.current()
        rules = new.as_json()
        if not desk.planned_by:
            # Nobody knows by which rules a release before planned: they stand.
            Desk.objects.filter(pk=desk.pk).update(planned_by=rules)
        if desk.planned_by in ({}, rules):
            self._left = []
            return Done(0, 0, is_all=True)
        old = PlanningRules.from_json(desk.planned_by)
        if rules != self._rules or not self._left:
            self._rules, self._was_held = rules, False
            # In their turn, as above.
            self._left = list(_planned().order_by("turn_at", "id").values_list("pk", flat=True))
        end, planned, broken = time.monotonic() + seconds, 0, 0
        while self._left and not stopping():
            some, self._left = self._left[:SLICE], self._left[SLICE:]
            of_slice = self._plan(some, old, new)
            planned, broken = planned + len(of_slice), broken + sum(of_slice)
            if time.monotonic() >= end:
                break
        is_all = not self._left and not self._was_held
        if is_all:
            Desk.objects.filter(pk=desk.pk).update(planned_by=rules)
        return Done(planned, broken, is_all)

    def _plan(self, keys: list[Any], old: PlanningRules, new: PlanningRules) -> list[bool]:
        """Plan these again; return for each that changed whether its promise broke."""
        now = timezone.now()
        affected = [each.request.pk for each in replanned(_rows(keys), old, new, now)]
        if not affected:
            return []
        with transaction.atomic():
            # In the order in which every writer locks them.
            locked = list(
                _planned().filter(pk__in=affected).select_for_update(no_key=True).order_by("pk")
            )
            free = [row for row in locked if not row.is_held(now)]
            self._was_held |= len(free) < len(locked)
            changes = list(replanned(free, old, new, now))
            for change in changes:
                _save(change)
        return [change.is_broken for change in changes]


def _rows(keys: list[Any]) -> list[CallbackRequest]:
    return list(_planned().filter(pk__in=keys))


def _save(change: Replanned) -> None:
    request, plan, told = change.request, change.plan, change.request.call_by
    named = {"named": True} if has_named_time(request) else {}
    request.status = change.status
    request.set_plan(plan, change.first_told)
    request.version += 1
    request.save(update_fields=PLANNED_FIELDS)
    if told and told != plan.call_by:
        times = {"before": told.isoformat(), "after": plan.call_by.isoformat()}
        audit.record(None, AuditAction.PROMISE_CHANGED, request.pk, **times, **named)
    else:
        audit.record(None, AuditAction.REPLANNED, request.pk)
