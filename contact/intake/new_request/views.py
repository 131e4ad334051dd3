"""A request for somebody on the line or at the door, written down by staff."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from contact.intake.permissions import WORK_REQUESTS, staff_permission_required
from contact.intake.queue.selection import search_tokens
from contact.intake.queue.selection.filters import SEARCH_PARAMETER
from contact.lifecycle.journal import journal
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.records.enums import Origin
from contact.records.requests import references
from contact.visitor.told import recognition

from .form import NewRequestForm, initial_from

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(WORK_REQUESTS)
def new_request(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, NewRequestForm(initial=_initial(request)))
    form = NewRequestForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    payload = form.payload() | {"written_by": request.user.pk}
    try:
        # The visitors' way: what is in the journal is safe, and a double click is one request.
        key, taken = form.cleaned_data["key"], recognition.words_taken()
        entry = journal.append(payload, key, words_taken=taken)
    except OSError as error:
        logger.critical("journal refused an entry (%s)", type(error).__name__)
        return _page(request, form, 503, gettext("It could not be saved. Please press once more."))
    try:
        journal.store_now(entry)
        return _to_card(request, entry.id, Origin(payload["origin"]))
    except (Error, CallbackRequest.DoesNotExist) as error:
        logger.error("journal entry %s waits (%s)", entry.id, type(error).__name__)
        kept = gettext(
            "It is safely kept as %(reference)s and will be on the lists shortly: do not send it "
            "again."
        )
        return _page(request, form, 503, kept % {"reference": references.display(entry.reference)})


def _initial(request: HttpRequest) -> dict[str, str]:
    """What was searched for; the address holds it sealed for this account."""
    term = request.GET.get(SEARCH_PARAMETER, "")
    if not search_tokens.is_encoded(term) or references.is_reference(term):
        return {}
    return initial_from(search_tokens.decode_term(term, request.user))


def _to_card(request: HttpRequest, pk: Any, origin: Origin) -> HttpResponse:
    """Show its card, held by whoever wrote it down and talks with whoever asked."""
    callback = CallbackRequest.objects.get(pk=pk)
    # A form that was sent twice claims once.
    if callback.version == 0:
        claims.claim(callback, request.user, origin.talk)
        text = gettext("Saved. They can write down their reference: %(reference)s.")
        messages.success(request, text % {"reference": callback})
    return HttpResponseRedirect(callback.get_absolute_url())


def _page(
    request: HttpRequest, form: NewRequestForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {"form": form, "problem": problem}
    return render(request, "intake/new_request.html", context, status=status)
