"""What happened to a request, as its card tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, assert_never

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.models import AuditEntry, CallAttempt, CallbackRequest, Note
from contact.privacy.audit import AuditAction
from contact.records.outcomes import CallOutcome, NextStep
from contact.schedule.calling_hours import day_and_time

from .change_words import BY_ACCOUNT, CHANGES, WITHOUT_ACCOUNT
from .sentences import sentence

# Of one number; more is read nowhere, and a page must stay a page.
OTHERS_SHOWN = 20
ENTRIES_SHOWN = 60
ALIKE_SHOWN = 5


def others(callback: CallbackRequest, also_open: list[CallbackRequest]) -> list[CallbackRequest]:
    """The newest of the number's other requests, with those of `also_open`, newest first."""
    known = {other.pk: other for other in callback.earlier_requests()[:OTHERS_SHOWN]}
    known |= {other.pk: other for other in also_open}
    return sorted(known.values(), key=lambda other: other.created_at, reverse=True)


class Line(NamedTuple):
    """One entry of the time line; `request` where it was written on another one."""

    at: datetime
    who: str
    what: str
    words: str
    request: CallbackRequest | None


def time_line(
    callback: CallbackRequest, others: list[CallbackRequest], same_person: list[CallbackRequest]
) -> list[Line]:
    """Calls of this request, of the number's others and of those linked with it, newest first.

    With the notes of this one and of the linked ones: a number may be a family's.
    """
    by_pk = {other.pk: other for other in (*others, *same_person)}
    persons = [callback.pk, *(other.pk for other in same_person)]
    calls = CallAttempt.objects.filter(request__in=[callback.pk, *by_pk]).select_related("by")
    notes = Note.objects.filter(request__in=persons).select_related("by")
    lines = [
        Line(
            call.at,
            display_name(call.by),
            call.get_outcome_display(),
            decrypted(call, "note"),
            by_pk.get(call.request_id),
        )
        for call in calls.order_by("-at", "-id")[:ENTRIES_SHOWN]
    ] + [
        Line(
            note.at,
            display_name(note.by),
            _("Note"),
            decrypted(note, "text"),
            by_pk.get(note.request_id),
        )
        for note in notes.order_by("-at", "-id")[:ENTRIES_SHOWN]
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


class Silence(NamedTuple):
    """Someone was shown the number, and nothing was written down since."""

    account_id: int | None
    who: str
    at: datetime


def silence(callback: CallbackRequest, others: list[CallbackRequest]) -> Silence | None:
    """The last reveal of the number, if no call followed it."""
    if not callback.is_open:
        return None
    ids = [callback.pk, *(other.pk for other in others)]
    # Whoever let go or handed over had not called.
    steps = (
        *(AuditAction.REVEALED, AuditAction.CALLED, AuditAction.RELEASED),
        *(AuditAction.HANDED_OVER, AuditAction.REOPENED),
    )
    # Whose name it was is looked up only for a reveal: the last step seldom is one.
    known = AuditEntry.objects.filter(request_id__in=ids, action__in=steps)
    entry = known.order_by("-number").first()
    if entry is None or entry.action != AuditAction.REVEALED:
        return None
    return Silence(entry.actor_id, _name(entry), entry.at)


def why_a_lead_decides(callback: CallbackRequest, others: list[CallbackRequest]) -> str:
    """What the number's last call left open, in a sentence; empty unless a lead decides."""
    if callback.status != CallbackRequest.Status.LEAD:
        return ""
    ids = [callback.pk, *(other.pk for other in others)]
    last = CallAttempt.objects.filter(request__in=ids).order_by("-at", "-id").first()
    if last is None:
        return ""
    step = CallOutcome(last.outcome).facts.next_step
    match step:
        case NextStep.WRAP_UP:
            return _("They were reached, and nobody wrote down how it ended.")
        case NextStep.LEAD | NextStep.COLLEAGUE:
            return f"{last.get_outcome_display()}."
        case NextStep.RETRY | NextStep.NAMED_TIME | NextStep.NO_CALLS:
            words = ngettext(
                "The tries are used up: %(calls)d call, with “%(outcome)s”.",
                "The tries are used up: %(calls)d calls, the last with “%(outcome)s”.",
                callback.tries,
            )
            return words % {"calls": callback.tries, "outcome": last.get_outcome_display()}
    assert_never(step)


def last_change(callback: CallbackRequest, others: list[CallbackRequest], reader: Any) -> str:
    """What changed this request last, in a sentence to `reader`; empty if nothing tells."""
    ids = [callback.pk, *(other.pk for other in others)]
    known = AuditEntry.objects.filter(request_id__in=ids).filter(
        Q(actor=None, action__in=WITHOUT_ACCOUNT) | Q(actor__isnull=False, action__in=BY_ACCOUNT)
    )
    entry = known.select_related("actor").order_by("-number").first()
    if entry is None:
        return ""
    words, when = CHANGES[AuditAction(entry.action)], day_and_time(entry.at)
    if entry.actor_id == reader.pk:
        said = _("%(what)s in another tab, %(when)s.") % {"what": words.by_reader, "when": when}
    else:
        what = words.by_colleague if entry.actor_id else words.without_account
        what = what % {"who": _name(entry)}
        said = _("%(what)s, %(when)s.") % {"what": what, "when": when}
    return sentence(said)


def alike(callback: CallbackRequest) -> list[CallbackRequest]:
    """Requests under a nearly same name from other numbers, newest first, not linked yet."""
    if not callback.name_index:
        return []
    first = callback.same_person_as_id or callback.pk
    found = CallbackRequest.objects.filter(name_index=callback.name_index)
    if callback.phone_index:
        found = found.exclude(phone_index=callback.phone_index)
    unlinked = found.exclude(Q(pk=first) | Q(pk=callback.pk))
    # Not `exclude`: of a NULL, SQL says neither yes nor no.
    unlinked = unlinked.filter(Q(same_person_as=None) | ~Q(same_person_as=first))
    return list(unlinked.order_by("-created_at")[:ALIKE_SHOWN])


def linked(callback: CallbackRequest) -> list[CallbackRequest]:
    """All that were linked as the same person's, newest first."""
    first = callback.same_person_as_id or callback.pk
    group = CallbackRequest.objects.filter(Q(pk=first) | Q(same_person_as=first))
    return list(group.exclude(pk=callback.pk).order_by("-created_at")[:OTHERS_SHOWN])


def _name(entry: AuditEntry) -> str:
    return display_name(entry.actor) if entry.actor else entry.actor_name
