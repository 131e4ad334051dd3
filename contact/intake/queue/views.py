"""The lists, and the way to the next call."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from contact.intake.handover.shift_change import handover_for
from contact.intake.permissions import (
    LEAD_INTAKE,
    VIEW_REQUESTS,
    WORK_REQUESTS,
    staff_permission_required,
)
from contact.lifecycle.alerting import alerts
from contact.lifecycle.team import claims, presence
from contact.models import CallbackRequest, CallbackRequestQuerySet, SavedList

from .queue_page import QueuePage, list_tabs, load_queue_page, record_look
from .row_html import RowList
from .selection import return_query, search_tokens
from .selection.filters import FILTER_LABELS, SEARCH_PARAMETER, Filters, filter_fields
from .selection.narrowing import narrow_due

MAX_SAVED_LISTS = 50


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def request_list(request: HttpRequest) -> HttpResponse:
    """All five lists, one of them, or search results."""
    term = request.GET.get(SEARCH_PARAMETER, "")
    if term and not search_tokens.is_encoded(term):
        return _redirect_to_results(term, request.user)
    filters = Filters.from_query(request.GET)
    queue = load_queue_page(filters, request.user)
    alerts.record_view(request.user, queue.last_viewed_at)
    record_look(request.user, filters, queue)
    fields = filter_fields(filters)
    context = {
        **_list_context(request, filters, queue),
        "filter_fields": fields,
        "chosen_filters": [each.label_and_choice for each in fields if each.is_narrowing],
        "ignored_filters": [str(FILTER_LABELS[name]) for name in filters.ignored],
        "saved_lists": SavedList.objects.for_account(request.user)[:MAX_SAVED_LISTS],
        "saved_query": filters.saved_query(),
        "waiting_handover": handover_for(request.user) if queue.has_handover else None,
    }
    if request.user.has_perm(LEAD_INTAKE):
        context |= queue.hints
    return render(request, "intake/queue/list.html", context)


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Somebody is typing: the request itself counts as activity, so they stay logged in."""
    return HttpResponse(status=204)


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def poll(request: HttpRequest) -> HttpResponse:
    """The fingerprint of the list as it is now. Not activity: idle staff are logged off."""
    filters = Filters.from_query(request.GET)
    if filters.search:
        # Results stay as they were found: to look again is a search, and on record as one.
        return HttpResponse(status=204)
    return JsonResponse({"fingerprint": load_queue_page(filters, request.user).fingerprint})


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def refreshed_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for a page that is open. Not activity either."""
    filters = Filters.from_query(request.GET)
    queue = load_queue_page(filters, request.user)
    record_look(request.user, filters, queue)
    return render(request, "intake/queue/list.html#region", _list_context(request, filters, queue))


@require_POST
@staff_permission_required(VIEW_REQUESTS)
def search_requests(request: HttpRequest) -> HttpResponse:
    """Lead to the results, by an address that does not hold the searched words."""
    return _redirect_to_results(request.POST.get("term", ""), request.user)


@require_POST
@staff_permission_required(WORK_REQUESTS)
def take_next_request(request: HttpRequest) -> HttpResponse:
    """Claim the next call and show its card."""
    filters = return_query.carried_filters(request)

    def narrow(due: CallbackRequestQuerySet) -> CallbackRequestQuerySet:
        return narrow_due(due, filters, request.user, timezone.now())

    if found := claims.take_next(request.user, narrow if filters.is_narrowed else None):
        presence.set_takes_calls(request.user, takes_calls=True)
        return redirect(f"{found.get_absolute_url()}{return_query.return_query(request)}")
    messages.info(request, _why_nobody_is_left(request.user, is_narrowed=filters.is_narrowed))
    return redirect(return_query.return_url(request))


def _list_context(request: HttpRequest, filters: Filters, queue: QueuePage) -> dict[str, Any]:
    user: Any = request.user
    can_work, back = user.has_perm(WORK_REQUESTS), return_query.return_query_for(filters)
    return {
        "queue": queue,
        "sections": [
            (each, RowList(can_work, each.is_mixed, back).html(each.rows))
            for each in queue.sections
        ],
        "filters": filters,
        "query": filters.query(),
        "return_query": back,
        "tabs": list_tabs(queue, filters),
        "can_work": can_work,
        "can_lead": user.has_perm(LEAD_INTAKE),
        "zone": timezone.localtime(queue.now).tzname(),
    }


def _redirect_to_results(term: str, account: Any) -> HttpResponse:
    if not search_tokens.clean_term(term):
        return redirect(return_query.list_url(""))
    results = Filters({}, search_tokens.encode_term(term, account))
    return redirect(return_query.list_url(results.query()))


def _why_nobody_is_left(account: Any, *, is_narrowed: bool) -> str:
    """The reason why there is no next call for this person."""
    now = timezone.now()
    due = CallbackRequest.objects.due(now)
    if not due.exists():
        return gettext("Nobody is due now.")
    if is_narrowed:
        return gettext("With these filters, nobody is due whom you can take now.")
    free = due.not_held(now)
    if not free.exists():
        return gettext("Colleagues are calling everybody who is due.")
    if not free.filter(Q(assigned_to=None) | Q(assigned_to=account)).exists():
        return gettext("Whoever else is due is assigned to a colleague.")
    left = presence.left_to_others(account, now)
    if left and not free.exclude(language__in=left).exists():
        return gettext("Whoever else is due speaks a language that a colleague there speaks.")
    return gettext(
        "Whoever else is due needs a colleague: the number is being called for another request, "
        "or you found that they need someone else."
    )
