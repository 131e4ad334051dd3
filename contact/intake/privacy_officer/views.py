"""The privacy officer's start page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact.intake.decryption import decrypted
from contact.intake.permissions import PROTECT_PRIVACY, staff_permission_required
from contact.models import CallbackRequest, LegalHold, ProposedErasure
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .reading_views import acknowledged_readings, waiting_readings

MAX_HOLDS = 200


@require_safe
@staff_permission_required(PROTECT_PRIVACY)
def privacy_home(request: HttpRequest) -> HttpResponse:
    holds = list(LegalHold.objects.standing().select_related("by")[:MAX_HOLDS])
    held = CallbackRequest.objects.filter(legal_hold__in=holds).order_by("created_at", "pk")
    requests = list(held)
    if requests:
        references = [str(each) for each in requests]
        audit.record(request.user, AuditAction.LISTED, references=references)
    context = {
        "holds": [
            (hold, decrypted(hold, "reason"), [r for r in requests if r.legal_hold_id == hold.pk])
            for hold in holds
        ],
        "has_erasures": ProposedErasure.objects.waiting().exists(),
        "waiting": waiting_readings(),
        "acknowledged": acknowledged_readings(),
    }
    return render(request, "intake/privacy_officer/privacy_home.html", context)
