"""Help lines and places to refer somebody to, found while they are on the line."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact.intake.permissions import VIEW_REQUESTS, staff_permission_required
from contact.models import Helpline, Place

PLACES_SHOWN = 50


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def places(request: HttpRequest) -> HttpResponse:
    """Verified places, found by words of their name, area, language or purpose."""
    term = request.GET.get("term", "")[:100].replace("\0", "").strip()
    found = list(Place.objects.offered().found_by(term)[: PLACES_SHOWN + 1])
    context = {
        "term": term,
        "helplines": Helpline.objects.published().found_by(term),
        "places": found[:PLACES_SHOWN],
        "has_more": len(found) > PLACES_SHOWN,
    }
    return render(request, "intake/places.html", context)
