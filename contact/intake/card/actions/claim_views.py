"""Claims: taking a call, seeing its number, letting it go, handing it to a colleague."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from contact.intake.card.call.code_words import wrong_words
from contact.intake.card.forms.card_forms import (
    AssignForm,
    EmptyForm,
    HandOverForm,
    RevealForm,
)
from contact.intake.card.page.card_page import find_request, render_card
from contact.intake.card.page.timeline import last_change
from contact.intake.colleagues import display_name
from contact.intake.permissions import LEAD_INTAKE, WORK_REQUESTS, staff_permission_required
from contact.intake.punctuation import fix_full_stop
from contact.intake.queue.selection import return_query
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.enums import Direction

from .card_action import (
    LEASE_IS_OVER,
    card_action,
    card_url,
    is_stale,
    require_active_claim,
    require_holder,
    require_open,
    require_unchanged,
    with_card_link,
)


@require_POST
@staff_permission_required(WORK_REQUESTS)
def claim_request(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    # Not locked here: `claims.claim` locks the desk before the rows.
    callback = find_request(pk)
    account: Any = request.user
    if callback.is_held_by(account):
        return HttpResponseRedirect(card_url(request, callback))
    if callback.status == CallbackRequest.Status.LEAD and not account.has_perm(LEAD_INTAKE):
        error = gettext("A lead decides about this one.")
        return render_card(request, callback, error=error, status=409)
    if is_stale(request, callback) or not claims.claim(callback, account):
        callback = find_request(pk)
        return render_card(request, callback, error=_why_not(callback, account), status=409)
    return HttpResponseRedirect(card_url(request, callback))


@require_POST
@staff_permission_required(WORK_REQUESTS)
def talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """They called us or came to us: hold the request, without its number, while talking."""
    callback = find_request(pk)
    account: Any = request.user
    try:
        direction = Direction(request.POST.get("direction", ""))
    except ValueError:
        direction = Direction.OUTGOING
    if direction.is_ours or is_stale(request, callback):
        error = _why_not(callback, account)
    elif claims.claim(callback, account, direction):
        return HttpResponseRedirect(f"{card_url(request, callback)}#_call")
    else:
        error = _why_not(find_request(pk), account)
    return render_card(request, find_request(pk), error=error, status=409)


def _why_not(callback: CallbackRequest, account: Any) -> str:
    if not callback.is_open or callback.is_held():
        return gettext("You could not take this call: it is closed, or a colleague was faster.")
    if holder := claims.line_holder(callback):
        return gettext(
            "%(who)s is calling somebody else on this line now. Take this call when they are done."
        ) % {"who": display_name(holder.claimed_by)}
    sentences = [
        gettext("This request changed while you had it open."),
        last_change(callback, account),
        gettext("You do not hold it yet: look at it as it is now, then take it."),
    ]
    return " ".join(filter(None, sentences))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(RevealForm, require_open, require_active_claim)
def reveal_number(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    claims.reveal(callback, request.user)
    return HttpResponseRedirect(f"{card_url(request, callback)}#_call")


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(EmptyForm, require_open, require_active_claim)
def wrong_word(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    """Count a wrong code word; a button pressed twice counts once."""
    if request.POST.get("counted") == str(wrong_words(callback)):
        audit.record(request.user, AuditAction.WRONG_WORD, callback.pk)
    return HttpResponseRedirect(f"{card_url(request, callback)}#_words_said")


@require_POST
@staff_permission_required(WORK_REQUESTS)
def renew_claim(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Extend the claim during a call: 204, or 409 if it is no longer theirs."""
    is_theirs = claims.renew(find_request(pk), request.user)
    return HttpResponse(status=204 if is_theirs else 409, content_type="text/plain")


@require_POST
@staff_permission_required(WORK_REQUESTS)
def still_on_it(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Extend the claim from any page, and show the card."""
    callback = find_request(pk)
    account: Any = request.user
    if claims.renew(callback, account):
        return HttpResponseRedirect(card_url(request, callback))
    is_over = callback.is_open and callback.claimed_by_id == account.pk
    error = str(LEASE_IS_OVER) if is_over else _why_not(callback, account)
    return render_card(request, callback, error=error, status=409)


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(EmptyForm, require_open, require_holder)
def release_claim(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    claims.release(callback, request.user)
    text = gettext("You let this call go. Anyone can take it now.")
    messages.success(request, with_card_link(request, callback, text))
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(HandOverForm, require_open, require_holder, require_unchanged)
def hand_over_request(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    claims.hand_over(callback, request.user, data["to"])
    who = {"who": display_name(data["to"])}
    messages.success(
        request, with_card_link(request, callback, gettext("%(who)s holds this call now.") % who)
    )
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(LEAD_INTAKE)
@card_action(AssignForm, require_open)
def assign_request(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    claims.assign(callback, request.user, data["to"])
    text = gettext("Kept for %(who)s.") if data["to"] else gettext("Anyone can take it.")
    who = {"who": display_name(data["to"]) if data["to"] else ""}
    messages.success(request, fix_full_stop(text % who))
    return HttpResponseRedirect(card_url(request, callback))
