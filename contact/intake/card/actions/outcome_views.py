"""Outcomes: logging a call, closing a request, planning the next call, opening it again."""

from __future__ import annotations

from typing import Any, assert_never

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from contact.intake.card.forms.card_forms import (
    AttemptForm,
    CloseForm,
    EmptyForm,
    LinkForm,
    NoteForm,
    PlanForm,
)
from contact.intake.decryption import decrypted
from contact.intake.permissions import LEAD_INTAKE, WORK_REQUESTS, staff_permission_required
from contact.intake.queue.selection import return_query
from contact.lifecycle.changes import attempts, persons, stops, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.changes.undo import undoable
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.clean_text import strip_control_characters
from contact.records.enums import Direction
from contact.records.outcomes import CallOutcome, NextStep, RequestOutcome
from contact.schedule.calling_hours import on_both_clocks

from .card_action import (
    ActionRefused,
    AlreadyDone,
    card_action,
    card_url,
    is_stale,
    require_holder,
    require_holder_or_lead,
    require_open,
    require_unchanged,
    tell_of_danger,
    was_just_now,
    with_card_link,
)


def reject_repeated_attempt(request: HttpRequest, callback: CallbackRequest) -> None:
    last = callback.attempts.standing().order_by("-at", "-id").first()
    if last is None or last.by_id != request.user.pk or not was_just_now(last.at):
        return
    same = (last.outcome, decrypted(last, "note")) == _posted(request, "outcome", "note")
    if is_stale(request, callback) and same:
        outcome = CallOutcome(last.outcome)
        is_wrap_up = outcome.facts.next_step is NextStep.WRAP_UP
        next_url = card_url(request, callback) if is_wrap_up else ""
        raise AlreadyDone(what_follows(callback, outcome), next_url)


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(AttemptForm, reject_repeated_attempt, require_open, require_holder, require_unchanged)
def attempt(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    outcome = CallOutcome(data["outcome"])
    further = {name: data[name] for name in ("call_at", "language", "scope")}
    further["direction"] = Direction(callback.talk_direction or Direction.OUTGOING)
    was_danger = callback.is_danger
    with undoable(callback, request.user, AuditAction.CALLED) as step:
        step.attempt = attempts.record_attempt(
            callback, request.user, outcome, data["note"], **further
        )
    tell_of_danger(request, callback, was_danger=was_danger)
    text = what_follows(callback, outcome)
    if outcome.facts.next_step is NextStep.WRAP_UP:
        messages.success(request, text)
        return HttpResponseRedirect(f"{card_url(request, callback)}#_ending")
    messages.success(request, with_card_link(request, callback, text, is_undoable=True))
    return HttpResponseRedirect(return_query.return_url(request))


def what_follows(callback: CallbackRequest, outcome: CallOutcome) -> str:
    """The state after a call with this outcome, in plain words."""
    step = outcome.facts.next_step
    if step is not NextStep.NO_CALLS and (not callback.is_open or callback.due_at is None):
        return gettext("Written down. The request is closed.")
    words: dict[str, Any] = {"outcome": outcome.label}
    if callback.due_at is not None:
        words["when"] = on_both_clocks(callback.due_at, callback.time_zone)
    match step:
        case NextStep.NO_CALLS:
            text = gettext("Written down. Nobody calls them again.")
        case NextStep.WRAP_UP:
            return gettext(
                "Written down: you talked with them. Now say how it ended, or plan the next call."
            )
        case _ if callback.status == CallbackRequest.Status.LEAD:
            text = gettext("Written down: %(outcome)s. A lead decides what follows.")
        case NextStep.NAMED_TIME:
            text = gettext("Written down. They are called %(when)s.")
        case NextStep.COLLEAGUE:
            text = gettext("Written down. A colleague can call %(when)s.")
        case NextStep.RETRY | NextStep.LEAD:
            text = gettext("Written down: %(outcome)s. Next try %(when)s.")
        case _:
            assert_never(step)
    return f"{text % words} {gettext('You can take the next call.')}"


def reject_repeated_close(request: HttpRequest, callback: CallbackRequest) -> None:
    same = (callback.outcome, decrypted(callback, "reason")) == _posted(
        request, "outcome", "reason"
    )
    if not callback.is_open and was_just_now(callback.closed_at) and same:
        raise AlreadyDone(gettext("Closed: %s.") % callback.get_outcome_display())


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(
    CloseForm, reject_repeated_close, require_open, require_holder_or_lead, require_unchanged
)
def close_request(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    outcome = RequestOutcome(data["outcome"])
    with undoable(callback, request.user, AuditAction.CLOSED):
        closed, left = _close(callback, request.user, outcome, data)
    text = _closing_text(callback, closed, left)
    messages.success(request, with_card_link(request, callback, text, is_undoable=True))
    return HttpResponseRedirect(return_query.return_url(request))


def _close(
    callback: CallbackRequest, by: Any, outcome: RequestOutcome, data: dict[str, Any]
) -> tuple[int, int]:
    """Close it and what goes with it; return how many others were closed, and how many left."""
    scope, reason = Scope(data["scope"]), data["reason"]
    others = transitions.open_rows(callback, scope)[1:]
    transitions.close(callback, by, outcome, reason, data["referred_to"])
    if outcome == RequestOutcome.STOP:
        closed, left = stops.stop_calls(callback, by, scope), 0
    elif scope is Scope.LINE:
        # A wrong number leads to nobody on the line.
        for other in others:
            transitions.close(other, by, outcome, reason)
        closed, left = len(others), 0
    else:
        # Only requests that the card showed: nobody has read what came in since.
        ticked = [other for other in others if str(other.pk) in data["others"]]
        for other in ticked:
            transitions.close(other, by, RequestOutcome.DUPLICATE)
        closed, left = len(ticked), len(others) - len(ticked)
    return closed, left


def _closing_text(callback: CallbackRequest, closed: int, left: int) -> str:
    """What was closed, with the others in its scope: so many closed, so many left open."""
    sentences = [gettext("Closed: %s.") % callback.get_outcome_display()]
    if closed:
        words = ngettext(
            "%d other request is closed too.",
            "%d other requests are closed too.",
            closed,
        )
        sentences.append(words % closed)
    if left:
        words = ngettext(
            "%d other request of this person is still open.",
            "%d other requests of this person are still open.",
            left,
        )
        sentences.append(words % left)
    return " ".join(sentences)


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(PlanForm, require_open, require_holder_or_lead, require_unchanged)
def plan(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    with undoable(callback, request.user, AuditAction.PLANNED):
        transitions.replan(callback, request.user, data["call_at"], Scope(data["scope"]))
    if callback.claimed_by_id == request.user.pk:
        claims.release(callback, request.user)
    when = on_both_clocks(data["call_at"], callback.time_zone)
    text = gettext("Planned: they are called %(when)s.") % {"when": when}
    messages.success(request, with_card_link(request, callback, text, is_undoable=True))
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(LEAD_INTAKE)
@card_action(EmptyForm, require_unchanged)
def reopen_request(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    transitions.reopen(callback, request.user)
    messages.success(request, gettext("Open again."))
    return HttpResponseRedirect(card_url(request, callback))


def reject_repeated_note(request: HttpRequest, callback: CallbackRequest) -> None:
    last = callback.notes.order_by("-at", "-id").first()
    if last is None or last.by_id != request.user.pk or not was_just_now(last.at):
        return
    if (decrypted(last, "text"),) == _posted(request, "text"):
        raise AlreadyDone(gettext("The note is saved."), card_url(request, callback))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(NoteForm, reject_repeated_note)
def keep_note(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    was_danger = callback.is_danger
    transitions.add_note(callback, request.user, data["text"])
    messages.success(request, gettext("The note is saved."))
    tell_of_danger(request, callback, was_danger=was_danger)
    return HttpResponseRedirect(card_url(request, callback))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(LinkForm)
def link_requests(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    # Locked with this one; whatever it is linked to is read only now.
    other = CallbackRequest.objects.filter(pk=data["other"], purged_at=None).first()
    if other is None:
        raise ActionRefused(gettext("That request is no longer here."))
    if not data["unlink"]:
        with undoable(callback, request.user, AuditAction.LINKED, linked_with=other):
            stopped = persons.link(callback, request.user, other)
        messages.success(request, gettext("Linked with %s: one person from now on.") % other)
        if stopped:
            text = gettext("They asked us to stop calling: a lead decides about what is open.")
            messages.warning(request, text)
    elif callback.person == other.person:
        persons.unlink(callback, request.user)
        messages.success(request, gettext("No longer linked: two people from now on."))
    return HttpResponseRedirect(card_url(request, callback))


def _posted(request: HttpRequest, *names: str) -> tuple[str, ...]:
    """The posted text, as it would be stored."""
    return tuple(strip_control_characters(request.POST.get(name, "")).strip() for name in names)
