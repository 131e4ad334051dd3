"""Taking back one action on many requests."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from contact.intake.permissions import LEAD_INTAKE, WORK_REQUESTS, staff_permission_required
from contact.intake.queue.selection import return_query
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.changes.undo import undo
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Step
from contact.privacy.audit_trail.audit import AuditAction


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(WORK_REQUESTS)
def bulk_undo(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Ask first; once confirmed, take back each step that nothing followed."""
    account: Any = request.user
    steps = Step.objects.filter(group=group)
    steps = steps.undoable_by(account, is_lead=account.has_perm(LEAD_INTAKE))
    found = list(steps)
    if request.method != "POST":
        return _confirm(request, found)
    done, left = _undo_each(found, account)
    if done:
        words = ngettext("Taken back: %d request.", "Taken back: %d requests.", done) % done
        messages.success(request, words)
    elif not left:
        messages.warning(
            request,
            gettext("Nothing more is taken back: it was before, or your ten minutes are over."),
        )
    if left:
        messages.warning(request, gettext("Changed since, left: %s.") % ", ".join(left))
    return redirect(return_query.return_url(request))


def _confirm(request: HttpRequest, found: list[Step]) -> HttpResponse:
    if not found:
        raise Http404
    context = {
        "requests": _requests(found),
        "is_closed": found[0].action == AuditAction.CLOSED,
        "carried_query": return_query.return_query(request),
        "return_url": return_query.return_url(request),
    }
    return render(request, "intake/queue/bulk_undo.html", context)


def _requests(steps: list[Step]) -> list[CallbackRequest]:
    """Return what the steps were done on: who keeps or holds one has all of its person."""
    keys = {
        uuid.UUID(str(key))
        for step in steps
        for key in ([step.request_id] if step.action == AuditAction.CLOSED else step.changes)
    }
    return list(CallbackRequest.objects.filter(pk__in=keys).order_by("created_at", "pk"))


def _undo_each(found: list[Step], account: Any) -> tuple[int, list[str]]:
    """Return how many requests were put back, and the references of those that were not."""
    done, left = 0, []
    for step in found:
        try:
            with transaction.atomic():
                claims.lock(step.request_id)
                undo(step, account)
            done += len(_requests([step]))
        except InvalidTransition:
            left += [str(request) for request in _requests([step])]
    return done, left
