"""The card of one request."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from contact.intake.permissions import VIEW_REQUESTS, WORK_REQUESTS, staff_permission_required
from contact.lifecycle.team import claims

from .page.card_page import find_request, render_card


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def request_card(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    callback = find_request(pk)
    if request.user.has_perm(WORK_REQUESTS) and claims.renew(callback, request.user):
        callback.refresh_from_db(fields=["claimed_until"])
    return render_card(request, callback)
