"""Erasing on demand: a privacy officer asks for it, a second person confirms it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import (
    LEAD_INTAKE,
    PROTECT_PRIVACY,
    staff_permission_required,
)
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.retention import erasure
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, ProposedErasure
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .forms import ConfirmErasureForm, EraseForm
from .person_views import find_person, is_on_hold, record_look_at

MAX_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(PROTECT_PRIVACY)
def erase_person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what would go and what stays; after a reason and the password, ask a second person."""
    callback, requests = find_person(pk)
    form = EraseForm(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                reason = form.cleaned_data["reason"]
                erasure.propose(claims.lock(pk, pk), request.user, reason)
        except InvalidTransition:
            # The page says why, as it stands now.
            callback, requests = find_person(pk)
        else:
            messages.success(
                request, gettext("Asked for. Nothing is erased until it is confirmed.")
            )
            return redirect("intake:confirm_erasure", pk)
    status = 409 if request.method == "POST" and form.is_valid() else form.status
    record_look_at(request, requests)
    context = _what_goes(callback, requests) | {
        "form": form,
        "proposal": erasure.proposal_for(callback),
        "second_persons": _names(request.user),
    }
    return render(request, "intake/privacy_officer/person_erase.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(PROTECT_PRIVACY, LEAD_INTAKE)
def confirm_erasure(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Confirm what somebody asked for, or take it back."""
    callback, requests = find_person(pk)
    is_withdrawn = request.POST.get("do") == "withdraw"
    form = ConfirmErasureForm(None if is_withdrawn else request.POST or None, account=request.user)
    status, key = form.status, _proposal_key(request)
    if is_withdrawn or (form.is_bound and form.is_valid()):
        try:
            messages.success(request, _carry_out(request, pk, key, is_withdrawn=is_withdrawn))
        except InvalidTransition:
            callback, requests = find_person(pk)
            status = 409
        else:
            return redirect("intake:erasures")
    record_look_at(request, requests)
    context = _what_goes(callback, requests) | _proposal(callback, request.user) | {"form": form}
    context["is_another"] = key is not None and context["key"] != key
    return render(request, "intake/privacy_officer/confirm_erasure.html", context, status=status)


@require_safe
@staff_permission_required(PROTECT_PRIVACY, LEAD_INTAKE)
def erasures(request: HttpRequest) -> HttpResponse:
    """What waits for a second person."""
    waiting = list(ProposedErasure.objects.waiting().select_related("request", "by")[:MAX_SHOWN])
    if waiting:
        references = [str(each.request) for each in waiting]
        audit.record(request.user, AuditAction.LISTED, references=references)
    shown = [(each, display_name(each.by)) for each in waiting]
    return render(request, "intake/privacy_officer/erasures.html", {"erasures": shown})


def _proposal_key(request: HttpRequest) -> uuid.UUID | None:
    """Which proposal whoever sent the form had read, or None."""
    try:
        return uuid.UUID(request.POST.get("proposal", ""))
    except ValueError:
        return None


def _carry_out(
    request: HttpRequest, pk: uuid.UUID, key: uuid.UUID | None, *, is_withdrawn: bool
) -> str:
    """Return what was done. Raises InvalidTransition."""
    with transaction.atomic():
        callback = claims.lock(pk, pk)
        if is_withdrawn:
            erasure.withdraw(callback, request.user, key)
            return gettext("Taken back: nothing is erased.")
        count = erasure.confirm(callback, request.user, key)
    return ngettext("Erased: %d request.", "Erased: %d requests.", count) % count


def _what_goes(callback: CallbackRequest, requests: list[CallbackRequest]) -> dict[str, Any]:
    return {
        "callback": callback,
        "requests": [each for each in requests if not each.is_purged],
        "open_requests": [each for each in requests if each.is_open],
        "is_on_hold": is_on_hold(callback),
    }


def _proposal(callback: CallbackRequest, account: Any) -> dict[str, Any]:
    """What waits for a second person, and whether this account is one."""
    proposal = erasure.proposal_for(callback)
    if proposal is None:
        return {"proposal": None, "key": None}
    is_own = proposal.by_id == account.pk
    keys = {str(each.pk) for each in erasure.to_erase(callback)}
    return {
        "proposal": proposal,
        "key": proposal.pk,
        "asked_by": display_name(proposal.by),
        "reason": decrypted(proposal, "reason"),
        "second_persons": _names(proposal.by) if is_own else [],
        "may_confirm": erasure.may_confirm(proposal, account),
        "waits_for_clock": timezone.now() >= proposal.alone_from,
        "has_changed": keys != set(proposal.request_ids),
    }


def _names(account: Any) -> list[str]:
    return [display_name(each) for each in erasure.second_persons(account)]
