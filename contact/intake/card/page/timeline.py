"""What happened to a request, as its card tells it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NamedTuple, assert_never

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.punctuation import fix_full_stop
from contact.intake.stopped_lines import asked_to_stop
from contact.models import AuditEntry, CallAttempt, CallbackRequest, Note, RetryStep
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.outcomes import CallOutcome, NextStep
from contact.schedule.calling_hours import day_and_time

from .change_words import BY_ACCOUNT, CHANGES, WITHOUT_ACCOUNT
from .related_requests import MAX_REQUESTS_SHOWN

# A limit that keeps the card short.
MAX_ENTRIES_SHOWN = 60


class TimelineEntry(NamedTuple):
    """A call, a note or a moved promise; `request` is set where it belongs to another request."""

    at: datetime
    who: str
    what: str
    words: str
    request: CallbackRequest | None


def timeline_entries(
    callback: CallbackRequest, person: list[CallbackRequest]
) -> list[TimelineEntry]:
    """The calls, notes and moved promises of this person's requests, newest first."""
    by_pk = {other.pk: other for other in person}
    ids = [callback.pk, *by_pk]
    calls = CallAttempt.objects.filter(request__in=ids).select_related("by")
    notes = Note.objects.filter(request__in=ids).select_related("by")
    entries = [
        TimelineEntry(
            call.at,
            display_name(call.by),
            _outcome(call),
            decrypted(call, "note"),
            by_pk.get(call.request_id),
        )
        for call in calls.order_by("-at", "-id")[:MAX_ENTRIES_SHOWN]
    ] + [
        TimelineEntry(
            note.at,
            display_name(note.by),
            gettext("Note"),
            decrypted(note, "text"),
            by_pk.get(note.request_id),
        )
        for note in notes.order_by("-at", "-id")[:MAX_ENTRIES_SHOWN]
    ]
    entries += _changed_promises(ids, by_pk)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _changed_promises(
    ids: list[uuid.UUID], by_pk: dict[uuid.UUID, CallbackRequest]
) -> list[TimelineEntry]:
    """Promises that changed hours or rules moved, the newest ones."""
    moved = AuditEntry.objects.filter(request_id__in=ids, action=AuditAction.PROMISE_CHANGED)
    entries = []
    for entry in moved.order_by("-number")[:MAX_ENTRIES_SHOWN]:
        times = {name: _told(entry.detail.get(name, "")) for name in ("before", "after")}
        words = gettext("Promised by %(before)s before; now by %(after)s") % times
        other = by_pk.get(entry.request_id) if entry.request_id else None
        entries.append(
            TimelineEntry(
                entry.at,
                gettext("the system"),
                gettext("Our hours or rules changed, so the call moved"),
                fix_full_stop(f"{words}."),
                other,
            )
        )
    return entries


def _told(moment: str) -> str:
    found = parse_datetime(moment)
    return day_and_time(found) if found else ""


def _outcome(call: CallAttempt) -> str:
    words = {"outcome": call.words}
    return gettext("%(outcome)s (taken back)") % words if call.undone_at else words["outcome"]


class UnreportedReveal(NamedTuple):
    """Someone was shown the number, and wrote down no call since."""

    who: str
    at: datetime
    is_own: bool


def unreported_reveal(
    callback: CallbackRequest, others: list[CallbackRequest], reader: Any
) -> UnreportedReveal | None:
    """The last reveal of the line, by any of its requests, if no call followed it."""
    if not callback.is_open:
        return None
    ids = [callback.pk, *(other.pk for other in others)]
    # To release or hand over a request says that no call was made.
    steps = (
        *(AuditAction.REVEALED, AuditAction.CALLED, AuditAction.RELEASED),
        *(AuditAction.HANDED_OVER, AuditAction.REOPENED),
    )
    last = AuditEntry.objects.filter(request_id__in=ids, action__in=steps).order_by("-number")
    # Without a join: the account is needed only for a reveal, which is seldom the last step.
    entry = last.first()
    if entry is None or entry.action != AuditAction.REVEALED:
        return None
    return UnreportedReveal(_name(entry), entry.at, entry.actor_id == reader.pk)


def why_a_lead_decides(
    callback: CallbackRequest,
    person: list[CallbackRequest],
    line_stopped_at: datetime | None,
    stopped_at: datetime | None = None,
) -> str:
    """Why it waits for a lead, in a sentence: a stop of the line or person, or how a call went.

    Empty unless a lead decides.
    """
    if callback.status != CallbackRequest.Status.LEAD:
        return ""
    if line_stopped_at is not None and not callback.tries:
        return asked_to_stop(line_stopped_at)
    ids = [callback.pk, *(other.pk for other in person)]
    last = CallAttempt.objects.standing().filter(request__in=ids).order_by("-at", "-id").first()
    is_stopped = bool(line_stopped_at or stopped_at)
    if last is None or (is_stopped and _has_further_try(callback, last)):
        if line_stopped_at is not None:
            return asked_to_stop(line_stopped_at)
        return gettext("They asked us to stop calling.") if stopped_at else ""
    step = CallOutcome(last.outcome).facts.next_step
    match step:
        case NextStep.WRAP_UP:
            return gettext("They were reached, and nobody wrote down how it ended.")
        case NextStep.LEAD | NextStep.COLLEAGUE:
            return f"{last.words}."
        case NextStep.RETRY | NextStep.NAMED_TIME | NextStep.NO_CALLS:
            words = ngettext(
                "The tries are used up: %(calls)d call, with “%(outcome)s”.",
                "The tries are used up: %(calls)d calls, the last with “%(outcome)s”.",
                callback.tries,
            )
            return words % {"calls": callback.tries, "outcome": last.words}
    assert_never(step)


def _has_further_try(callback: CallbackRequest, last: CallAttempt) -> bool:
    """Return whether after this call it was to be called again: then something else stopped it."""
    match CallOutcome(last.outcome).facts.next_step:
        case NextStep.NAMED_TIME:
            return True
        case NextStep.RETRY:
            tries = max(callback.tries, 1)
            steps = RetryStep.objects.filter(outcome=last.outcome, tries=tries)
            return steps.filter(is_urgent__in=[False, callback.is_danger]).exists()
        case _:
            return False


def last_change(callback: CallbackRequest, reader: Any) -> str:
    """Who changed this request last, and how, in a sentence to `reader`; empty if unknown."""
    person = callback.persons_others()[:MAX_REQUESTS_SHOWN]
    ids = [callback.pk, *person.values_list("pk", flat=True)]
    known = AuditEntry.objects.filter(request_id__in=ids).filter(
        Q(actor=None, action__in=WITHOUT_ACCOUNT) | Q(actor__isnull=False, action__in=BY_ACCOUNT)
    )
    entry = known.select_related("actor").order_by("-number").first()
    if entry is None:
        return ""
    words, when = CHANGES[AuditAction(entry.action)], day_and_time(entry.at)
    if entry.actor_id == reader.pk:
        text = gettext("%(what)s in another tab, %(when)s.") % {
            "what": words.by_reader,
            "when": when,
        }
    else:
        what = words.by_colleague if entry.actor_id else words.without_account
        what = what % {"who": _name(entry)}
        text = gettext("%(what)s, %(when)s.") % {"what": what, "when": when}
    return fix_full_stop(text)


def _name(entry: AuditEntry) -> str:
    return display_name(entry.actor) if entry.actor else entry.actor_name
