"""The lists and the way to the next call."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contact.intake.handover.shift_change import handover_for
from contact.intake.permissions import (
    LEAD_INTAKE,
    VIEW_REQUESTS,
    WORK_REQUESTS,
    staff_permission_required,
)
from contact.lifecycle import alerts, claims
from contact.models import CallbackRequest, SavedList
from contact.records.clean_text import strip_control_characters

from . import search_tokens
from .contents import Contents, contents_of, note, tabs
from .filters import LABELS, SEARCH, Filters, address, back, carry, carrying, fields

# As many as a page can offer side by side.
SAVED_LISTS = 50


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def request_list(request: HttpRequest) -> HttpResponse:
    """The five lists, one of them, or what was searched for."""
    term = request.GET.get(SEARCH, "")
    if term and not search_tokens.is_sealed(term):
        return _to_results(term, request.user)
    filters = Filters.of(request.GET)
    contents = contents_of(filters, request.user)
    alerts.looked(request.user, contents.looked_at)
    note(request.user, filters, contents)
    offered = fields(filters)
    context = {
        **_shown(request, filters, contents),
        "fields": offered,
        "chosen": [each.words for each in offered if each.is_narrowing],
        "ignored": [str(LABELS[name]) for name in filters.ignored],
        "saved_lists": SavedList.objects.for_account(request.user)[:SAVED_LISTS],
        "to_keep": filters.to_keep(),
        "waiting_handover": handover_for(request.user),
    }
    return render(request, "intake/list.html", context)


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def here(request: HttpRequest) -> HttpResponse:
    """Somebody is writing: this is activity, and shows nothing."""
    return HttpResponse(status=204)


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def pulse(request: HttpRequest) -> HttpResponse:
    """Whether the list would look different by now. Not activity: idle staff are logged off."""
    filters = Filters.of(request.GET)
    if filters.search:
        # Results stay as they were found: to look again is a search, and on record as one.
        return HttpResponse(status=204)
    return JsonResponse({"fingerprint": contents_of(filters, request.user).fingerprint})


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def refreshed_list(request: HttpRequest) -> HttpResponse:
    """The list alone, to take the place of an older one. Not activity either."""
    filters = Filters.of(request.GET)
    contents = contents_of(filters, request.user)
    note(request.user, filters, contents)
    return render(request, "intake/list.html#region", _shown(request, filters, contents))


@require_POST
@staff_permission_required(VIEW_REQUESTS)
def search(request: HttpRequest) -> HttpResponse:
    """Lead to the results, by an address that doesn't tell what was searched for."""
    return _to_results(request.POST.get("term", ""), request.user)


@require_POST
@staff_permission_required(WORK_REQUESTS)
def take_next(request: HttpRequest) -> HttpResponse:
    """Claim the next call and show its card."""
    if found := claims.take_next(request.user):
        return redirect(f"{found.get_absolute_url()}{carry(request)}")
    messages.info(request, _why_none(request.user))
    return redirect(back(request))


def _shown(request: HttpRequest, filters: Filters, contents: Contents) -> dict[str, Any]:
    user: Any = request.user
    return {
        "contents": contents,
        "filters": filters,
        "query": filters.query(),
        "carry": carrying(filters),
        "tabs": tabs(contents, filters),
        "can_work": user.has_perm(WORK_REQUESTS),
        "can_lead": user.has_perm(LEAD_INTAKE),
        "zone": timezone.localtime(contents.now).tzname(),
    }


def _to_results(term: str, account: Any) -> HttpResponse:
    if not strip_control_characters(term).strip():
        return redirect(address(""))
    return redirect(address(Filters({}, search_tokens.sealed(term, account)).query()))


def _why_none(account: Any) -> str:
    """Why nobody is left to call for this person."""
    now = timezone.now()
    due = CallbackRequest.objects.due(now)
    if not due.exists():
        return _("Nobody is due now.")
    free = due.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    if not free.exists():
        return _("Colleagues are calling everybody who is due.")
    if not free.filter(Q(assigned_to=None) | Q(assigned_to=account)).exists():
        return _("Whoever else is due is assigned to a colleague.")
    return _(
        "Whoever else is due needs a colleague: the number is being called for another request, "
        "or you found that they need someone else."
    )
