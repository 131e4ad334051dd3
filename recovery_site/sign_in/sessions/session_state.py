"""What an open page asks by itself: whether its session, and the hold on a call, still last."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contact.models import CallbackRequest

from ..models import StaffSession


@require_safe
def session_state(request: HttpRequest) -> HttpResponse:
    """Whose session it is, if any, for how many more seconds, and whether they hold the request
    named.

    Under an unattended path: asking extends neither.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"account": None})
    now = timezone.now()
    row = StaffSession.objects.filter(pk=request.session.session_key).first()
    if row is None:
        # Ended by another request, a moment ago.
        return JsonResponse({"account": None})
    seconds = int((row.expire_date - now).total_seconds())
    state: dict[str, Any] = {"account": str(request.user.pk), "seconds": seconds}
    with suppress(ValueError):
        asked = uuid.UUID(request.GET.get("request", ""))
        held = CallbackRequest.objects.held(now).filter(pk=asked, claimed_by=request.user.pk)
        state["holds"] = held.exists()
    return JsonResponse(state)
