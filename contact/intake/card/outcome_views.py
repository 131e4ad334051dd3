"""What a call led to: written down with one tap, closed, planned, or opened again."""

from __future__ import annotations

from typing import Any, assert_never

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contact.intake.decryption import decrypted
from contact.intake.permissions import LEAD_INTAKE, WORK_REQUESTS, staff_permission_required
from contact.intake.queue import return_query
from contact.lifecycle import claims, transitions
from contact.models import CallbackRequest
from contact.records.clean_text import strip_control_characters
from contact.records.outcomes import CallOutcome, NextStep, RequestOutcome
from contact.schedule.calling_hours import on_both_clocks

from .actions import (
    DoneAlready,
    Refused,
    about,
    card_address,
    is_mine,
    is_mine_or_led,
    is_open,
    is_stale,
    is_unchanged,
    step,
    was_just_now,
)
from .forms import AttemptForm, CloseForm, EmptyForm, LinkForm, NoteForm, PlanForm


def is_not_written_yet(request: HttpRequest, callback: CallbackRequest) -> None:
    last = callback.attempts.order_by("-at", "-id").first()
    if last is None or last.by_id != request.user.pk or not was_just_now(last.at):
        return
    same = (last.outcome, decrypted(last, "note")) == _sent(request, "outcome", "note")
    if is_stale(request, callback) and same:
        outcome = CallOutcome(last.outcome)
        is_wrap_up = outcome.facts.next_step is NextStep.WRAP_UP
        goes_on = card_address(request, callback) if is_wrap_up else ""
        raise DoneAlready(what_follows(callback, outcome), goes_on)


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(AttemptForm, is_not_written_yet, is_open, is_mine, is_unchanged)
def attempt(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    outcome = CallOutcome(data["outcome"])
    named = {"call_at": data["call_at"], "language": data["language"]}
    transitions.record_attempt(callback, request.user, outcome, data["note"], **named)
    said = what_follows(callback, outcome)
    if outcome.facts.next_step is NextStep.WRAP_UP:
        messages.success(request, said)
        return HttpResponseRedirect(f"{card_address(request, callback)}#_ending")
    messages.success(request, about(request, callback, said))
    return HttpResponseRedirect(return_query.return_url(request))


def what_follows(callback: CallbackRequest, outcome: CallOutcome) -> str:
    """The state after a call with this outcome, in plain words."""
    step = outcome.facts.next_step
    if step is not NextStep.NO_CALLS and (not callback.is_open or callback.due_at is None):
        return _("Written down. The request is closed.")
    words: dict[str, Any] = {"outcome": outcome.label}
    if callback.due_at is not None:
        words["when"] = on_both_clocks(callback.due_at, callback.time_zone)
    match step:
        case NextStep.NO_CALLS:
            said = _("Written down. Nobody calls this number again.")
        case NextStep.WRAP_UP:
            return _("Written down: you reached them. Now say how it ended, or plan the next call.")
        case _ if callback.status == CallbackRequest.Status.LEAD:
            said = _("Written down: %(outcome)s. A lead decides what follows.")
        case NextStep.NAMED_TIME:
            said = _("Written down. They are called %(when)s.")
        case NextStep.COLLEAGUE:
            said = _("Written down. A colleague can call %(when)s.")
        case NextStep.RETRY | NextStep.LEAD:
            said = _("Written down: %(outcome)s. Next try %(when)s.")
        case _:
            assert_never(step)
    return f"{said % words} {_('You can take the next call.')}"


def is_not_closed_yet(request: HttpRequest, callback: CallbackRequest) -> None:
    same = (callback.outcome, decrypted(callback, "reason")) == _sent(request, "outcome", "reason")
    if not callback.is_open and was_just_now(callback.closed_at) and same:
        raise DoneAlready(_("Closed: %s.") % callback.get_outcome_display())


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(CloseForm, is_not_closed_yet, is_open, is_mine_or_led, is_unchanged)
def close(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    outcome = data["outcome"]
    others = list(callback.earlier_requests().open().order_by("pk"))
    transitions.close(callback, request.user, outcome, data["reason"], data["referred_to"])
    said = [_("Closed: %s.") % callback.get_outcome_display()]
    if outcome == RequestOutcome.STOP:
        ended = transitions.stop_calls(callback, request.user)
    else:
        # No more than were shown: what came in since was read by nobody.
        ticked = [other for other in others if str(other.pk) in data["others"]]
        for other in ticked:
            transitions.close(other, request.user, RequestOutcome.DUPLICATE)
        ended = len(ticked)
    if ended:
        words = ngettext(
            "%d other request of this number is closed too.",
            "%d other requests of this number are closed too.",
            ended,
        )
        said.append(words % ended)
    if outcome != RequestOutcome.STOP and (left := len(others) - ended):
        words = ngettext(
            "%d other request of this number is still open.",
            "%d other requests of this number are still open.",
            left,
        )
        said.append(words % left)
    messages.success(request, about(request, callback, " ".join(said)))
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(PlanForm, is_open, is_mine_or_led, is_unchanged)
def plan(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    transitions.replan(callback, request.user, data["call_at"])
    if callback.claimed_by_id == request.user.pk:
        claims.release(callback, request.user)
    when = on_both_clocks(data["call_at"], callback.time_zone)
    said = _("Planned: they are called %(when)s.") % {"when": when}
    messages.success(request, about(request, callback, said))
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(LEAD_INTAKE)
@step(EmptyForm, is_unchanged)
def reopen(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    transitions.reopen(callback, request.user)
    messages.success(request, _("Open again."))
    return HttpResponseRedirect(card_address(request, callback))


def is_not_noted_yet(request: HttpRequest, callback: CallbackRequest) -> None:
    last = callback.notes.order_by("-at", "-id").first()
    if last is None or last.by_id != request.user.pk or not was_just_now(last.at):
        return
    if (decrypted(last, "text"),) == _sent(request, "text"):
        raise DoneAlready(_("The note is saved."), card_address(request, callback))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(NoteForm, is_not_noted_yet)
def note(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    transitions.add_note(callback, request.user, data["text"])
    messages.success(request, _("The note is saved."))
    return HttpResponseRedirect(card_address(request, callback))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(LinkForm)
def link(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    # Locked with this one; whatever it is linked to is read only now.
    other = CallbackRequest.objects.filter(pk=data["other"], purged_at=None).first()
    if other is None:
        raise Refused(_("That request is no longer here."))
    if not data["unlink"]:
        transitions.link(callback, request.user, other)
        messages.success(request, _("Linked with %s.") % other)
    elif callback.same_person_as_id:
        transitions.unlink(callback, request.user)
        messages.success(request, _("No longer linked."))
    return HttpResponseRedirect(card_address(request, callback))


def _sent(request: HttpRequest, *names: str) -> tuple[str, ...]:
    """What was sent, as it would be stored."""
    return tuple(strip_control_characters(request.POST.get(name, "")).strip() for name in names)
