"""Who holds a call: taking it, seeing its number, letting it go, giving it to a colleague."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contact.intake.colleagues import display_name
from contact.intake.permissions import LEAD_INTAKE, WORK_REQUESTS, staff_permission_required
from contact.intake.queue import return_query
from contact.lifecycle import claims
from contact.models import CallbackRequest

from . import views
from .actions import (
    about,
    card_address,
    is_held_by_me,
    is_mine,
    is_open,
    is_stale,
    is_unchanged,
    step,
)
from .forms import AssignForm, EmptyForm, HandOverForm, RevealForm
from .sentences import sentence
from .timeline import OTHERS_SHOWN, last_change


@require_POST
@staff_permission_required(WORK_REQUESTS)
def claim(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    # Not locked here: `claims.claim` locks the desk first, as whoever takes the next call does.
    callback = views.find(pk)
    account: Any = request.user
    if callback.is_held_by(account):
        return HttpResponseRedirect(card_address(request, callback))
    if callback.status == CallbackRequest.Status.LEAD and not account.has_perm(LEAD_INTAKE):
        return views.show(request, callback, said=_("A lead decides about this one."), status=409)
    if is_stale(request, callback) or not claims.claim(callback, account):
        callback = views.find(pk)
        return views.show(request, callback, said=_why_not(callback, account), status=409)
    return HttpResponseRedirect(card_address(request, callback))


def _why_not(callback: CallbackRequest, account: Any) -> str:
    if not callback.is_open or callback.is_held():
        return _("You could not take this call: it is closed, or a colleague was faster.")
    sentences = [
        _("This request changed while you had it open."),
        last_change(callback, list(callback.earlier_requests()[:OTHERS_SHOWN]), account),
        _("You do not hold it yet: look at it as it is now, then take it."),
    ]
    return " ".join(filter(None, sentences))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(RevealForm, is_open, is_held_by_me)
def reveal(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    claims.reveal(callback, request.user)
    return HttpResponseRedirect(f"{card_address(request, callback)}#_call")


@require_POST
@staff_permission_required(WORK_REQUESTS)
def renew(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keeps the claim of whoever is on the phone: 204, or 409 if it is no longer theirs."""
    is_theirs = claims.renew(views.find(pk), request.user)
    return HttpResponse(status=204 if is_theirs else 409, content_type="text/plain")


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(EmptyForm, is_open, is_mine)
def release(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    claims.release(callback, request.user)
    said = _("You let this call go. Anyone can take it now.")
    messages.success(request, about(request, callback, said))
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(WORK_REQUESTS)
@step(HandOverForm, is_open, is_mine, is_unchanged)
def hand_over(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    claims.hand_over(callback, request.user, data["to"])
    who = {"who": display_name(data["to"])}
    messages.success(request, about(request, callback, _("%(who)s holds this call now.") % who))
    return HttpResponseRedirect(return_query.return_url(request))


@require_POST
@staff_permission_required(LEAD_INTAKE)
@step(AssignForm, is_open)
def assign(request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]) -> HttpResponse:
    claims.assign(callback, request.user, data["to"])
    said = _("Kept for %(who)s.") if data["to"] else _("Anyone can take it.")
    who = {"who": display_name(data["to"]) if data["to"] else ""}
    messages.success(request, sentence(said % who))
    return HttpResponseRedirect(card_address(request, callback))
