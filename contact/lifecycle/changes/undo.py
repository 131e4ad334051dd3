"""Taking back a step of staff, by a correcting event: nothing that was written down is erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from contact.lifecycle.journal import code_words, endings
from contact.lifecycle.team import claims
from contact.models import CallAttempt, CallbackRequest, LineStop, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.enums import Status
from contact.records.outcomes import CallOutcome, NextStep

from .stops import due_again
from .transitions import InvalidTransition

# What steps change and an undo puts back; the visitor's words are no part of it.
UNDONE_FIELDS = (
    *("status", "outcome", "referred_to_id", "closed_at", "tries", "talks"),
    *("due_at", "due_until", "call_by", "earlier_call_by", "turn_at"),
    *("first_attempt_at", "first_attempt_minutes", "reached_at", "language", "person"),
    "assigned_to_id",
)
# A claim is put back only where letting it go was the step.
CLAIM_FIELDS = ("claimed_by_id", "claimed_until", "revealed_at", "talk_direction")
FIELDS_OF_MODEL = [name.removesuffix("_id") for name in (*UNDONE_FIELDS, *CLAIM_FIELDS)]
type Values = dict[str, Any]


class ChangedSince(InvalidTransition):
    """Something else changed the request after the step."""


@contextmanager
def undoable(
    request: CallbackRequest,
    by: Any,
    action: AuditAction,
    group: uuid.UUID | None = None,
    linked_with: CallbackRequest | None = None,
) -> Iterator[Step]:
    """Keep what this block changes of a locked request, of its person's, and of its lines'.

    Steps of one bulk action share a `group`. A link also changes the person of the other request.
    """
    reachable = CallbackRequest.objects.open().on_lines_of(request)
    persons = {request.person, (linked_with or request).person}
    linked = CallbackRequest.objects.filter(person__in=persons)
    keys = {*linked.values_list("pk", flat=True), *reachable.values_list("pk", flat=True)}
    names = (*UNDONE_FIELDS, *CLAIM_FIELDS) if action == AuditAction.RELEASED else UNDONE_FIELDS
    before, last_stop = _values(keys, names), LineStop.objects.order_by("-pk").first()
    step = Step(at=timezone.now(), by=by, action=action, request=request, group=group)
    yield step
    after = _values(keys, names)
    step.changes = {
        str(pk): changed for pk in keys if (changed := _differences(before[pk], after[pk]))
    }
    written = LineStop.objects.filter(pk__gt=last_stop.pk if last_stop else 0, stopped_by=by)
    step.line_stops = list(written.values_list("pk", flat=True))
    if step.changes or step.attempt:
        step.save()


def undo(step: Step, by: Any) -> None:
    """Put back what a step changed, and record that. Needs a transaction.

    Raises ChangedSince when one of its requests changed after it, and InvalidTransition when it
    was taken back already.
    """
    keys = sorted(uuid.UUID(key) for key in step.changes)
    waiting = _left_to_a_lead(step.line_stops)
    rows = CallbackRequest.objects.select_for_update(no_key=True)
    wanted = {*keys, *(row.pk for row in waiting)}
    locked = {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
    step = Step.objects.select_for_update(no_key=True, of=("self",)).get(pk=step.pk)
    if step.undone_at:
        raise InvalidTransition("The step was taken back already.")
    ended = _ended_by_visitors({*keys})
    for key in keys:
        _put_back(locked[key], step, ended)
    now = timezone.now()
    if step.attempt_id:
        CallAttempt.objects.filter(pk=step.attempt_id).update(undone_at=now)
    LineStop.objects.filter(pk__in=step.line_stops).update(lifted_at=now)
    step.undone_at, step.undone_by = now, by
    step.save(update_fields=["undone_at", "undone_by"])
    left = due_again(locked[row.pk] for row in waiting if row.pk not in keys)
    released = [row.pk for row in left]
    freed = CallbackRequest.objects.filter(pk__in=released)
    freed.update(status=Status.NEW, version=F("version") + 1)
    changed = [*keys, *released]
    audit.record_each(by, AuditAction.UNDONE, changed, step=step.action, entry=str(step.pk))
    endings.forget_endings(keys)


def _left_to_a_lead(keys: list[int]) -> list[CallbackRequest]:
    """Return what a lead decides about on the lines of these stops, and nobody was called for."""
    lines = set(LineStop.objects.filter(pk__in=keys).values_list("line_index", flat=True))
    if not lines:
        return []
    on_them = Q(line_index__in=lines) | Q(phone_index__in=lines)
    left = CallbackRequest.objects.open().filter(status=Status.LEAD, tries=0, talks=0)
    return list(left.filter(on_them).order_by("pk"))


def standing(steps: Iterable[Step]) -> list[Step]:
    """Return those of these steps after which nothing else changed their requests."""
    steps = list(steps)
    keys = {uuid.UUID(key) for step in steps for key in step.changes}
    columns = ("pk", "purged_at", *FIELDS_OF_MODEL)
    rows = {str(row.pk): row for row in CallbackRequest.objects.filter(pk__in=keys).only(*columns)}
    ended = _ended_by_visitors(keys)
    return [
        step for step in steps if all(_is_as_left(rows[key], step, ended) for key in step.changes)
    ]


def _is_as_left(row: CallbackRequest, step: Step, ended: dict[uuid.UUID, datetime]) -> bool:
    changes = step.changes[str(row.pk)]
    if row.is_purged or (row.pk in ended and ended[row.pk] >= step.at):
        return False
    if "closed_at" not in changes and row.closed_at and row.closed_at >= step.at:
        # How it ended rests on this step, or a visitor ended it.
        return False
    if "claimed_by_id" in changes and not _can_be_held_again(row, changes["claimed_until"][0]):
        return False
    # Danger that was found since moved its turn alone.
    held = {name: after for name, (_before, after) in changes.items() if name != "turn_at"}
    return all(_as_json(getattr(row, name)) == after for name, after in held.items())


def _can_be_held_again(row: CallbackRequest, until: str) -> bool:
    """Return whether a claim that was let go would hold still, and nobody else calls the line."""
    return datetime.fromisoformat(until) > timezone.now() and not claims.line_holder(row)


def _ended_by_visitors(keys: set[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Return when visitors last asked for no calls about these; they can on closed ones too."""
    wishes = audit.AuditEntry.objects.filter(
        request_id__in=keys, actor=None, actor_name=audit.VISITOR, action=AuditAction.STOPPED
    )
    asked = wishes.order_by("number").values_list("request_id", "at") if keys else ()
    return {request: at for request, at in asked if request}


def _put_back(row: CallbackRequest, step: Step, ended: dict[uuid.UUID, datetime]) -> None:
    changes = step.changes[str(row.pk)]
    if not _is_as_left(row, step, ended):
        raise ChangedSince("It changed after this step.")
    for name, (before, _after) in changes.items():
        field: Any = CallbackRequest._meta.get_field(name.removesuffix("_id"))
        setattr(row, name, field.to_python(before) if before is not None else None)
    # Who keeps it or calls it is another matter than how it went.
    is_of_team = bool({"assigned_to_id", "claimed_by_id"} & changes.keys())
    if not is_of_team and not _is_called_since(row, step):
        row.claimed_by = row.claimed_until = row.revealed_at = None
    row.version += 1
    code_words.drop_if_taken(row)
    names = {name.removesuffix("_id") for name in (*changes, *CLAIM_FIELDS)} | {"code_words"}
    if row.is_danger and row.call_by:
        row.turn_at = row.turn_for(row.call_by)
        names.add("turn_at")
    row.save(update_fields=[*names, "version"])


def _is_called_since(row: CallbackRequest, step: Step) -> bool:
    """Return whether somebody took the call after the step: they may be on the phone."""
    outcome = step.attempt and CallOutcome(step.attempt.outcome)
    if outcome and outcome.facts.next_step is NextStep.WRAP_UP and row.claimed_by_id == step.by_id:
        # The claim that this call left, unless they call again.
        return row.is_held() and bool(row.revealed_at or row.talk_direction)
    return row.is_held()


def _values(keys: set[uuid.UUID], names: Iterable[str]) -> dict[uuid.UUID, Values]:
    """Return these fields of the requests in the form that JSON holds."""
    rows = CallbackRequest.objects.filter(pk__in=keys).only("pk", *FIELDS_OF_MODEL)
    return {row.pk: {name: _as_json(getattr(row, name)) for name in names} for row in rows}


def _as_json(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case _:
            return value


def _differences(before: Values, after: Values) -> dict[str, list[Any]]:
    return {name: [old, after[name]] for name, old in before.items() if old != after[name]}
