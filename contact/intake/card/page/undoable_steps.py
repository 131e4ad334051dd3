"""The steps on a card that its reader can take back."""

from __future__ import annotations

from typing import Any, NamedTuple

from contact.intake.colleagues import display_name
from contact.intake.permissions import LEAD_INTAKE
from contact.intake.punctuation import fix_full_stop
from contact.lifecycle.changes import undo
from contact.models import CallbackRequest, Step
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.history.steps import StepQuerySet
from contact.schedule.calling_hours import day_and_time

from .change_words import CHANGES

MAX_STEPS_SHOWN = 5


class UndoableStep(NamedTuple):
    key: str
    words: str


def steps_to_undo(account: Any, callback: CallbackRequest) -> StepQuerySet:
    """Return what this account can take back on this request, the newest first."""
    steps = Step.objects.filter(request=callback)
    steps = steps.undoable_by(account, is_lead=account.has_perm(LEAD_INTAKE))
    return steps.select_related("by", "attempt")


def undoable_steps(account: Any, callback: CallbackRequest) -> list[UndoableStep]:
    steps = undo.standing(steps_to_undo(account, callback)[:MAX_STEPS_SHOWN])
    return [UndoableStep(str(step.pk), step_words(step, account)) for step in steps]


def step_words(step: Step, reader: Any) -> str:
    """What the step was, by whom and when, in a sentence to `reader`."""
    words = CHANGES[AuditAction(step.action)]
    what = words.by_reader
    if step.by_id != reader.pk:
        what = words.by_colleague % {"who": display_name(step.by)}
    parts = [str(what)]
    if step.attempt:
        parts.append(f"“{step.attempt.words}”")
    return fix_full_stop(f"{': '.join(parts)}, {day_and_time(step.at)}.")
