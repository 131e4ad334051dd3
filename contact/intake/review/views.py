"""Requests that have been open for long: a lead closes them on their card, or says why they stay.

The purge takes closed requests alone, so that nobody who asked for a call is emptied unseen: what
is open has no end of its own, and a person looks at it.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from contact.intake.permissions import LEAD_INTAKE, staff_permission_required
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.retention import retention
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Desk
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .forms import KeepForm

REVIEWS_SHOWN = 50


@require_safe
@staff_permission_required(LEAD_INTAKE)
def review(request: HttpRequest) -> HttpResponse:
    """The requests that have been open longest."""
    old = CallbackRequest.objects.to_review().order_by("created_at", "id")
    rows = list(old[: REVIEWS_SHOWN + 1])
    shown = rows[:REVIEWS_SHOWN]
    audit.record(request.user, AuditAction.LISTED, references=[str(each) for each in shown])
    context = {
        "requests": shown,
        "is_cut": len(rows) > REVIEWS_SHOWN,
        "days": Desk.current().review_days,
    }
    return render(request, "intake/review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(LEAD_INTAKE)
def keep(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep one request open until a day, with a reason."""
    callback = CallbackRequest.objects.open().filter(pk=pk).first()
    if callback is None:
        raise Http404
    form = KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                retention.keep_open(claims.lock(pk), request.user, **form.cleaned_data)
        except InvalidTransition:
            messages.warning(request, gettext("Nothing is saved: it was closed meanwhile."))
        else:
            messages.success(request, gettext("%s stays open.") % callback)
        return redirect("intake:review")
    audit.record(request.user, AuditAction.LISTED, references=[str(callback)])
    context = {"callback": callback, "form": form}
    return render(request, "intake/keep.html", context, status=422 if form.errors else 200)
