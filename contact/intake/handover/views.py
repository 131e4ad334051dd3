"""The end of a shift: its lists and note, and the next shift's word that they were read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import VIEW_REQUESTS, WORK_REQUESTS, staff_permission_required
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.team.handovers import Handover
from contact.schedule.calling_hours import day_and_time

from .follow_up import follow_up
from .forms import HandoverForm
from .lists import handover_row, handover_sections
from .row_html import rows_html
from .shift_change import acknowledge, hand_over_shift, unacknowledged

PAST_HANDOVERS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(VIEW_REQUESTS)
def handover(request: HttpRequest) -> HttpResponse:
    may_work = request.user.has_perm(WORK_REQUESTS)
    if request.method == "POST" and not may_work:
        raise PermissionDenied
    form = HandoverForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        made = hand_over_shift(request.user, form.cleaned_data["key"], form.cleaned_data["note"])
        messages.success(request, _("Handed over. Someone of the next shift acknowledges it."))
        return redirect("intake:handover_detail", made.pk)
    context = {
        **_present_lists(request),
        **_past_handovers(),
        "form": form if may_work else None,
    }
    status = 422 if form.errors else 200
    return render(request, "intake/handover/handover.html", context, status=status)


def _present_lists(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    sections = handover_sections(now)
    _record_look(request, (each for section in sections for each in section.requests))
    return {
        "sections": [
            (section, rows_html([handover_row(each, now) for each in section.requests]))
            for section in sections
        ]
    }


def _past_handovers() -> dict[str, Any]:
    past = Handover.objects.select_related("by", "acknowledged_by").defer("note")
    return {
        "waiting": list(unacknowledged()[:PAST_HANDOVERS]),
        "past": list(past.filter(acknowledged_at__isnull=False)[:PAST_HANDOVERS]),
    }


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def handover_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    handover = get_object_or_404(Handover.objects.select_related("by", "acknowledged_by"), pk=pk)
    sections = follow_up(handover, timezone.now())
    _record_look(request, (item.request for _name, items in sections for item in items), handover)
    account: Any = request.user
    is_waiting = handover.acknowledged_at is None and handover.by_id != account.pk
    context = {
        "handover": handover,
        "note": decrypted(handover, "note"),
        "sections": [(name, items, len(items) >= name.rows_shown) for name, items in sections],
        "is_taken_over_by_me": handover.acknowledged_by_id == account.pk,
        "may_acknowledge": is_waiting and account.has_perm(WORK_REQUESTS),
    }
    return render(request, "intake/handover/handover_detail.html", context)


@require_POST
@staff_permission_required(WORK_REQUESTS)
def handover_acknowledge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    handover = get_object_or_404(Handover, pk=pk)
    if acknowledge(handover, request.user):
        messages.success(request, _("You have taken this shift over."))
    else:
        handover.refresh_from_db()
        messages.warning(request, _why_not_acknowledged(handover, request.user))
    return redirect("intake:handover_detail", handover.pk)


def _why_not_acknowledged(handover: Handover, account: Any) -> str:
    if handover.acknowledged_at is None:
        return gettext("Someone else must acknowledge what you handed over.")
    if handover.acknowledged_by == account:
        return gettext("You have taken this shift over already.")
    words = {
        "who": display_name(handover.acknowledged_by),
        "when": day_and_time(handover.acknowledged_at),
    }
    # The time stands in brackets: at the end of the sentence, "3 p.m." would end in two stops.
    return gettext("%(who)s took it over already (%(when)s).") % words


def _record_look(
    request: HttpRequest, shown: Iterable[CallbackRequest], handover: Handover | None = None
) -> None:
    which: dict[str, Any] = {"handover": str(handover.pk)} if handover else {}
    audit.record(
        request.user, AuditAction.LISTED, references=[str(each) for each in shown], **which
    )
