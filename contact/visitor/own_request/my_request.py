"""The visitor's page of a request: its status, rescheduling, cancelling, stopping all calls.

The reference and the last four digits of the phone number open it. An encrypted token then
replaces them for 15 minutes; there is no cookie, and nothing personal in any address.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from contact.lifecycle.changes import corrections, stops, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest
from contact.privacy import rate_limit, tokens
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.requests import references
from contact.visitor.told.desk_hours import desk_now

from .answers_form import FREE_TEXT_FIELDS, AnswersForm
from .confirmations import (
    CANCELLED,
    CLOSED_BEFORE,
    NOT_SAVED_YET,
    SAVED,
    STOPPED,
    UNCHANGED,
    Confirmation,
)
from .lookup import LookupForm, find_by_reference
from .pages import PURPOSE, show, show_confirmation, show_lookup
from .reschedule_form import RescheduleForm

logger = logging.getLogger(__name__)

TOKEN_SECONDS = 15 * 60
# A stranger would need weeks to try all 10,000 endings; anyone can still call us.
TRIES, TRIES_SECONDS = 10, 3600
POSTS, POSTS_SECONDS = 60, 600

NOT_FOUND = _(
    "We find no request with this reference and these digits. Please check both. If you asked "
    "just now, wait a minute and try again. Or call {phone}."
)
TOO_MANY_TRIES = _("That was tried too often. Please call {phone}, or try again later.")
CROSS_SITE_ACTION = _("This came from another website. If it was you, please press once more.")
EXPIRED = _(
    "To keep your request safe, this page closes after 15 minutes. Nothing was changed yet. "
    "Please enter both once more; what you typed is kept."
)
UNAVAILABLE = _(
    "We can’t look into our requests right now. Nothing was changed. What you typed is still "
    "here: please press the button again in a minute, or call {phone}."
)


# Exempt: the page must work without cookies, and has no session to abuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def my_request(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(
            request, "contact/my_request_find.html", {"form": LookupForm(), "desk": desk_now()}
        )
    if not rate_limit.allows(request, "my request", POSTS, POSTS_SECONDS):
        return show_lookup(request, TOO_MANY_TRIES, 429)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return show_lookup(request, CROSS_SITE_ACTION, 403)
    try:
        return _carry_out(request) if "token" in request.POST else _look_up(request)
    except Error as error:
        logger.error("a visitor's request can't be read (%s)", type(error).__name__)
        return show_lookup(request, UNAVAILABLE, 503)


@sensitive_variables()
def _look_up(request: HttpRequest) -> HttpResponse:
    form = LookupForm(request.POST)
    form.full_clean()
    reference, digits = form.cleaned_data["reference"], form.cleaned_data["digits"]
    if references.is_reference(reference) and not rate_limit.allows_subject(
        "my request of", reference, TRIES, TRIES_SECONDS
    ):
        return show_lookup(request, TOO_MANY_TRIES, 429)
    with transaction.atomic():
        found = find_by_reference(reference, digits)
        if found is None:
            return show_lookup(request, NOT_FOUND)
        audit.record(audit.VISITOR, AuditAction.VIEWED, found.pk)
    action = form.cleaned_data["do"].removesuffix("_now")
    if action in ("cancel", "stop"):
        return show_confirmation(request, found, action)
    carried = {name: form.cleaned_data[name] for name in LookupForm.CARRIED_FIELDS}
    return _show_found(request, found, action, carried)


@sensitive_variables()
def _show_found(
    request: HttpRequest, found: CallbackRequest, action: str, carried: dict[str, Any]
) -> HttpResponse:
    """Show the request; what was typed before it was found stands in its form, not saved yet."""
    if action == "answers":
        return show(request, found, NOT_SAVED_YET, answers=AnswersForm(found, initial=carried))
    if action == "change":
        return show(
            request,
            found,
            NOT_SAVED_YET,
            RescheduleForm(initial=carried, time_zone=found.time_zone),
        )
    return show(request, found)


@sensitive_variables()
def _carry_out(request: HttpRequest) -> HttpResponse:
    values = tokens.decode(request.POST["token"], PURPOSE, TOKEN_SECONDS)
    if values is None:
        return show_lookup(request, EXPIRED)
    pk, action = uuid.UUID(values["request"]), request.POST.get("do", "")
    try:
        with transaction.atomic():
            mine = claims.lock(pk)
            if mine.is_purged:
                return show_lookup(request, NOT_FOUND)
            if action in ("cancel", "stop"):
                return show_confirmation(request, mine, action)
            if action == "change":
                return _change(request, mine)
            if action == "answers":
                return _change_answers(request, mine)
            return show(request, mine, _end(mine, action))
    except CallbackRequest.DoesNotExist:
        return show_lookup(request, NOT_FOUND)


def _end(mine: CallbackRequest, action: str) -> Confirmation | None:
    """Carry out a confirmed action and return its notice."""
    if action == "stop_now":
        stops.stop_calls(mine, audit.VISITOR, Scope.REQUEST)
        return STOPPED
    if action != "cancel_now":
        return None
    if not mine.is_open:
        return CLOSED_BEFORE
    transitions.close(mine, audit.VISITOR, CallbackRequest.Outcome.CANCELLED)
    return CANCELLED


@sensitive_variables()
def _change(request: HttpRequest, mine: CallbackRequest) -> HttpResponse:
    if not mine.is_open:
        return show(request, mine, CLOSED_BEFORE)
    danger.raise_priority(mine, audit.VISITOR, request.POST.get("at", ""))
    form = RescheduleForm(request.POST, time_zone=mine.time_zone)
    if not form.is_valid():
        return show(request, mine, form=form)
    best_time, time_zone = form.cleaned_data["best_time"], form.cleaned_data["time_zone"]
    is_new = (best_time, time_zone) != (mine.best_time, mine.time_zone)
    if is_new:
        transitions.change_preferences(mine, audit.VISITOR, best_time, time_zone, Scope.REQUEST)
    if form.moment:
        transitions.replan(mine, audit.VISITOR, form.moment, Scope.REQUEST)
    return show(request, mine, SAVED if is_new or form.moment else UNCHANGED)


@sensitive_variables()
def _change_answers(request: HttpRequest, mine: CallbackRequest) -> HttpResponse:
    if not mine.is_open:
        return show(request, mine, CLOSED_BEFORE)
    form = AnswersForm(mine, request.POST)
    if not form.is_valid():
        # Nothing is saved yet, but danger is no matter of a whole form.
        words = (request.POST.get(name, "") for name in FREE_TEXT_FIELDS)
        danger.raise_priority(mine, audit.VISITOR, *words)
        return show(request, mine, answers=form)
    changed = corrections.correct(mine, audit.VISITOR, form.values())
    return show(request, mine, SAVED if changed else UNCHANGED)
