"""What a privacy officer can do for one person, and who saw that person's requests."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from contact.intake.decryption import decrypted
from contact.intake.permissions import PROTECT_PRIVACY, staff_permission_required
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.retention import legal_holds
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, LegalHold
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from . import access_log
from .forms import HoldForm


@require_safe
@staff_permission_required(PROTECT_PRIVACY)
def person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    callback, requests = find_person(pk)
    return _render_person(request, callback, requests, HoldForm())


@require_POST
@staff_permission_required(PROTECT_PRIVACY)
def hold(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Set a hold for this person, or lift the one that stands."""
    callback, requests = find_person(pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _render_person(request, callback, requests, form, status=422)
    reason, is_lift = form.cleaned_data["reason"], request.POST.get("lift") == "on"
    try:
        with transaction.atomic():
            callback = claims.lock(pk, pk)
            if is_lift:
                for each in _standing_holds(callback):
                    legal_holds.lift(each, request.user, reason)
            else:
                legal_holds.set_hold(callback, request.user, reason)
    except InvalidTransition:
        messages.warning(request, gettext("Nothing is changed: somebody was here before you."))
    else:
        text = gettext("The legal hold is lifted.") if is_lift else gettext("A legal hold is set.")
        messages.success(request, text)
    return redirect("intake:person", pk)


@require_safe
@staff_permission_required(PROTECT_PRIVACY)
def access(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who saw this person's requests; with `?lists=on`, also in which lists they stood."""
    callback, requests = find_person(pk)
    before = request.GET.get("before", "")
    # Longer numbers are none that the trail can hold.
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    context = {
        "callback": callback,
        "requests": requests,
        "page": access_log.access_page(requests, number),
        "exports": access_log.exports_of(requests) if number is None else [],
        "listings": access_log.listings_of(requests) if "lists" in request.GET else None,
    }
    record_look_at(request, requests)
    return render(request, "intake/privacy_officer/person_access.html", context)


def find_person(pk: uuid.UUID) -> tuple[CallbackRequest, list[CallbackRequest]]:
    """The request, and all of its person's with it, the newest first. Raises Http404."""
    callback = CallbackRequest.objects.filter(pk=pk).first()
    if callback is None:
        raise Http404
    person = CallbackRequest.objects.of_person(callback).select_related("legal_hold__by")
    return callback, list(person.order_by("-created_at", "pk"))


def _render_person(
    request: HttpRequest,
    callback: CallbackRequest,
    requests: list[CallbackRequest],
    form: HoldForm,
    status: int = 200,
) -> HttpResponse:
    holds = _standing_holds(callback)
    context: dict[str, Any] = {
        "callback": callback,
        "requests": requests,
        "holds": [(each, decrypted(each, "reason")) for each in holds],
        "kept": [each for each in requests if not each.is_purged],
        "form": form,
    }
    record_look_at(request, requests)
    return render(request, "intake/privacy_officer/person.html", context, status=status)


def _standing_holds(callback: CallbackRequest) -> list[LegalHold]:
    """Holds that cover this person; two if requests under each were linked."""
    person = CallbackRequest.objects.of_person(callback)
    keys = person.filter(legal_hold__isnull=False).values_list("legal_hold", flat=True)
    standing = LegalHold.objects.standing().filter(pk__in=set(keys))
    return list(standing.select_related("by"))


def is_on_hold(callback: CallbackRequest) -> bool:
    return CallbackRequest.objects.of_person(callback).on_hold().exists()


def record_look_at(request: HttpRequest, requests: list[CallbackRequest]) -> None:
    references = [str(each) for each in requests]
    audit.record(request.user, AuditAction.LISTED, references=references)
