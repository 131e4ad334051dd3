"""Unusual reading: what the rules found, and a privacy officer's word that it was looked at."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import PROTECT_PRIVACY, staff_permission_required
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.safeguards import reading_checks
from contact.models import UnusualReading
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.requests.references import display, reference_for

from .forms import AcknowledgeForm

READINGS_SHOWN = 100


class ShownReading(NamedTuple):
    """`requests` are pairs of an id and its reference; `note` is empty until somebody looked."""

    reading: UnusualReading
    who: str
    requests: list[tuple[uuid.UUID, str]]
    note: str
    acknowledged_by: str


def waiting_readings() -> list[ShownReading]:
    found = UnusualReading.objects.waiting().select_related("account", "acknowledged_by")
    return [shown_reading(each) for each in found[:READINGS_SHOWN]]


def acknowledged_readings() -> list[ShownReading]:
    """The newest that somebody looked at."""
    done = UnusualReading.objects.filter(acknowledged_at__isnull=False)
    found = done.select_related("account", "acknowledged_by").order_by("-acknowledged_at", "-pk")
    return [shown_reading(each) for each in found[:READINGS_SHOWN]]


def shown_reading(reading: UnusualReading) -> ShownReading:
    ids = [uuid.UUID(each) for each in reading.request_ids]
    by = reading.acknowledged_by
    return ShownReading(
        reading,
        display_name(reading.account),
        [(pk, display(reference_for(pk))) for pk in ids],
        decrypted(reading, "note"),
        display_name(by) if by else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(PROTECT_PRIVACY)
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    account: Any = request.user
    found = get_object_or_404(
        UnusualReading.objects.select_related("account", "acknowledged_by"), pk=pk
    )
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _acknowledge(request, found, form.cleaned_data["note"])
        return redirect("intake:privacy_home")
    shown = shown_reading(found)
    references = [reference for _pk, reference in shown.requests]
    audit.record(account, AuditAction.LISTED, references=references)
    context = {
        "shown": shown,
        "is_own": found.account_id == account.pk,
        "form": form,
    }
    return render(
        request, "intake/privacy_officer/reading.html", context, status=422 if form.errors else 200
    )


def _acknowledge(request: HttpRequest, found: UnusualReading, note: str) -> None:
    account: Any = request.user
    try:
        reading_checks.acknowledge_reading(found, account, note)
    except InvalidTransition:
        text = gettext("Nothing is saved: it was acknowledged already, or it is your own.")
        messages.warning(request, text)
    else:
        messages.success(request, gettext("Acknowledged."))
