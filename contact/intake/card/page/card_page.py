"""Everything that the card of a request shows, with the forms that fit its state."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contact.intake.card.call.code_words import (
    MAX_WRONG_WORDS,
    PersonsWords,
    persons_words,
    wrong_words,
)
from contact.intake.card.call.danger_steps import DangerSteps, danger_steps
from contact.intake.card.call.safe_call import (
    CallRules,
    CallScript,
    call_rules,
    call_script,
    strictest_consent,
)
from contact.intake.card.call.shown_number import NumberToShow, number_to_show
from contact.intake.card.call.talks import Talk, ongoing_talk
from contact.intake.card.forms.card_forms import FORMS, CardForm, CloseForm, NoteForm
from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.queue.selection import return_query
from contact.lifecycle.changes import stops
from contact.lifecycle.team import notices
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .card_state import (
    CardPermissions,
    DialableNumber,
    card_permissions,
    dialable_number,
    is_just_reached,
    open_state,
    other_hours,
    scheduled_time,
)
from .related_requests import RelatedRequests, related_requests
from .scope_words import ScopeWords, scope_words
from .timeline import (
    TimelineEntry,
    UnreportedReveal,
    timeline_entries,
    unreported_reveal,
    why_a_lead_decides,
)
from .undoable_steps import UndoableStep, undoable_steps

# A number shown longer ago is no call that still goes on.
LONGEST_CALL = timedelta(hours=2)
# More names do not fit beside the rules for the call; the list below them has all.
MAX_NAMES_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one reader sees of one request; a purged one fills only the first fields.

    `refused_form` is the name of the form that was refused, `unsaved_text` what was typed in one
    that the card no longer has.
    """

    callback: CallbackRequest
    state: dict[str, Any]
    assigned_to: str
    return_query: str
    return_url: str
    error: str
    refused_form: str = ""
    unsaved_text: str = ""

    forms: dict[str, CardForm] = field(default_factory=dict)
    permissions: CardPermissions | None = None
    is_lead_decision: bool = False
    needs_outcome: bool = False
    why_lead: str = ""

    is_safety_broken: bool = False
    call_rules: CallRules | None = None
    script: CallScript | None = None
    danger_steps: DangerSteps | None = None
    number_to_show: NumberToShow | None = None
    code_words: list[PersonsWords] = field(default_factory=list)
    wrong_words: int = 0
    number: DialableNumber | None = None
    talk: Talk | None = None
    other_hours: str = ""
    scheduled_time: str = ""
    stopped_at: datetime | None = None
    line_stopped_at: datetime | None = None
    line_holder: str = ""
    unreported_reveal: UnreportedReveal | None = None
    may_be_calling: bool = False

    message: str = ""
    reason: str = ""
    related: RelatedRequests | None = None
    other_messages: list[tuple[CallbackRequest, str]] = field(default_factory=list)
    on_line: list[tuple[CallbackRequest, str]] = field(default_factory=list)
    names_on_line: list[str] = field(default_factory=list)
    has_more_on_line: bool = False
    similar_names: list[tuple[CallbackRequest, str, bool]] = field(default_factory=list)
    close_with: list[tuple[CallbackRequest, str, bool]] = field(default_factory=list)
    scope_words: ScopeWords | None = None
    timeline: list[TimelineEntry] = field(default_factory=list)
    undoable: list[UndoableStep] = field(default_factory=list)

    @property
    def can_talk(self) -> bool:
        """Whether the reader can say that they called or came; also where a lead decides."""
        if self.permissions is None or self.talk or self.line_holder:
            return False
        is_free = self.callback.is_open and not self.callback.is_held()
        return self.permissions.can_work and (is_free or self.permissions.is_holder)

    @property
    def has_too_many_wrong_words(self) -> bool:
        return self.wrong_words >= MAX_WRONG_WORDS


def find_request(pk: uuid.UUID) -> CallbackRequest:
    """The request as it is now, with the staff who work on it. Raises Http404."""
    people = ("claimed_by", "assigned_to", "referred_to")
    try:
        return CallbackRequest.objects.select_related(*people).get(pk=pk)
    except CallbackRequest.DoesNotExist:
        raise Http404 from None


def render_card(
    request: HttpRequest,
    callback: CallbackRequest,
    refused: CardForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The card; with a refused form, everything typed in it, and the reason."""
    shared: dict[str, Any] = {
        "callback": callback,
        "state": open_state(callback),
        "assigned_to": display_name(callback.assigned_to) if callback.assigned_to else "",
        "return_query": return_query.return_query(request),
        "return_url": return_query.return_url(request),
        "error": error,
    }
    if callback.is_purged:
        audit.record(request.user, AuditAction.VIEWED, callback.pk)
        card = Card(**shared, unsaved_text=refused.unsaved_text() if refused else "")
    else:
        card = _full_card(request.user, callback, refused, shared)
    return render(request, "intake/card/request.html", {"card": card}, status=status)


def _full_card(
    account: Any, callback: CallbackRequest, refused: CardForm | None, shared: dict[str, Any]
) -> Card:
    permissions, related = card_permissions(account, callback), related_requests(callback)
    is_revealed = permissions.is_holder and callback.revealed_at is not None
    is_on_the_phone = is_revealed or callback.is_talking
    needs_outcome = (
        permissions.is_holder and not is_on_the_phone and is_just_reached(callback, account)
    )
    number = dialable_number(callback) if is_revealed else None
    reveal = None if is_revealed else unreported_reveal(callback, related.all_shown, account)
    timeline = timeline_entries(callback, related.person)
    talk = ongoing_talk(callback) if permissions.is_holder else None
    forms = _forms(callback, permissions, refused, is_on_the_phone=bool(number or talk))
    close: CloseForm = forms["forms"]["close"]
    warnings = _warnings(related, close)
    stopped = warnings.get("line_stopped_at"), warnings.get("stopped_at")
    _record_look(account, callback, related, timeline)
    notices.forget_notices(account, callback)
    return Card(
        **shared,
        **forms,
        **_call_instructions(callback, related),
        **warnings,
        permissions=permissions,
        is_lead_decision=permissions.decides and not is_on_the_phone and not needs_outcome,
        needs_outcome=needs_outcome,
        why_lead=why_a_lead_decides(callback, related.person, *stopped),
        number=number,
        talk=talk,
        unreported_reveal=reveal,
        may_be_calling=reveal is not None and reveal.at > timezone.now() - LONGEST_CALL,
        message=decrypted(callback, "message"),
        reason=decrypted(callback, "reason"),
        related=related,
        other_messages=[(each, decrypted(each, "message")) for each in related.open_shown],
        **_on_line(related),
        close_with=_close_with(close, related),
        scope_words=scope_words(related),
        timeline=timeline,
        undoable=undoable_steps(account, callback) if permissions.can_work else [],
    )


def _on_line(related: RelatedRequests) -> dict[str, Any]:
    """Other people on the line, and who may be the same person, with their names."""
    on_line = [(each, decrypted(each, "name")) for each in related.others_on_line]
    names = list(dict.fromkeys(name for _each, name in on_line))
    return {
        "on_line": on_line,
        "names_on_line": names[:MAX_NAMES_SHOWN],
        "has_more_on_line": len(names) > MAX_NAMES_SHOWN,
        "similar_names": [
            (each, decrypted(each, "name"), each in related.on_line)
            for each in related.similar_names
        ],
    }


def _call_instructions(callback: CallbackRequest, related: RelatedRequests) -> dict[str, Any]:
    # Every open request of the person has a say in what may be said on the call.
    consent = strictest_consent(callback, *related.open)
    return {
        "is_safety_broken": any(each.is_safety_broken for each in (callback, *related.open)),
        "call_rules": call_rules(callback, consent),
        "script": call_script(callback, consent),
        "danger_steps": danger_steps(callback, related.open),
        "number_to_show": number_to_show(consent, is_shared=bool(related.on_line)),
        "code_words": (words := persons_words(callback, related.open_shown)),
        "wrong_words": wrong_words(callback) if words else 0,
        "scheduled_time": scheduled_time(callback),
        "other_hours": other_hours(callback) if callback.is_open else "",
    }


def _warnings(related: RelatedRequests, form: CloseForm) -> dict[str, Any]:
    """What to know before calling an open request."""
    callback, holder = form.request, related.line_holder
    if not callback.is_open:
        return {}
    return {
        "stopped_at": stops.person_stopped_at([callback, *related.same]),
        "line_stopped_at": form.line_stopped_at,
        "line_holder": display_name(holder) if holder else "",
    }


def _close_with(
    form: CloseForm, related: RelatedRequests
) -> list[tuple[CallbackRequest, str, bool]]:
    """The requests that can be closed with this one: whose each is, and whether it is ticked."""
    return [(each, decrypted(each, "name"), form.takes_along(each)) for each in related.open_shown]


def _record_look(
    account: Any,
    callback: CallbackRequest,
    related: RelatedRequests,
    timeline: list[TimelineEntry],
) -> None:
    """Put the look on record, with each other request of which the page shows encrypted text."""
    others = [*related.open_shown, *related.on_line, *related.similar_names]
    others += [entry.request for entry in timeline if entry.request]
    also = list(dict.fromkeys(str(each) for each in others if each.pk != callback.pk))
    detail = {"also": also} if also else {}
    audit.record(account, AuditAction.VIEWED, callback.pk, **detail)


def _forms(
    callback: CallbackRequest,
    permissions: CardPermissions,
    refused: CardForm | None,
    *,
    is_on_the_phone: bool,
) -> dict[str, Any]:
    """The card's forms; text typed in one that the card no longer has waits as a note."""
    forms: dict[str, CardForm] = {form.name: form(callback) for form in FORMS}
    if refused is None:
        return {"forms": forms}
    is_on_card = {
        "attempt": is_on_the_phone,
        "close": permissions.can_close,
        "plan": permissions.can_close,
        "correct": permissions.can_close,
        "note": permissions.can_work,
        "reveal": permissions.is_holder and not is_on_the_phone,
        "hand_over": permissions.is_holder,
        "assign": permissions.can_lead and callback.is_open,
    }
    if is_on_card.get(refused.name):
        return {"forms": forms | {refused.name: refused}, "refused_form": refused.name}
    if not (text := refused.unsaved_text()):
        return {"forms": forms}
    forms["note"] = NoteForm(callback, initial={"text": text})
    return {"forms": forms, "unsaved_text": text}
