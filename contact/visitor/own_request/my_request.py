"""The visitor's page of a request: its status, rescheduling, cancelling, stopping all calls.

The reference and the last four digits of the phone number open it. An encrypted token then
replaces them for 15 minutes; there is no cookie, and nothing personal in any address.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any, NamedTuple

from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from contact.lifecycle.changes import corrections, stops, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.planning.named_times import has_named_time
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest
from contact.privacy import rate_limit, tokens
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.requests import references
from contact.schedule.opening_hours import Schedule
from contact.visitor.callback_form.forms import (
    TIME_ZONES,
    with_phone_link,
    with_whole_brackets,
)
from contact.visitor.told import status_text
from contact.visitor.told.desk_hours import desk_now
from contact.visitor.told.recognition import recognition_of

from .answers_form import FREE_TEXT_FIELDS, AnswersForm
from .lookup import LookupForm, find_by_reference
from .reschedule_form import RescheduleForm

logger = logging.getLogger(__name__)

PURPOSE = "my-request"
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


class Confirmation(NamedTuple):
    """The result of an action, in short for the page's title and in full."""

    title: Any
    words: Any


NOT_SAVED_YET = Confirmation(
    _("Not saved yet"), _("What you typed is still here. Press the button below to save it.")
)
SAVED = Confirmation(_("Saved"), _("Saved."))
UNCHANGED = Confirmation(_("Nothing changed"), _("Nothing was changed."))
CANCELLED = Confirmation(
    _("Cancelled"),
    _(
        "Your request is cancelled. Only this one: if you asked more than once, your other "
        "requests stay as they are. If you change your mind, ask for a new call below."
    ),
)
STOPPED = Confirmation(
    _("No more calls"),
    _(
        "We will not call you about this request. Should somebody have asked for another call to "
        "this phone, our team reads first that you want none."
    ),
)
CLOSED = Confirmation(_("Not saved"), _("Your request was closed before this could be saved."))


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
        return _show_lookup(request, TOO_MANY_TRIES, 429)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _show_lookup(request, CROSS_SITE_ACTION, 403)
    try:
        return _carry_out(request) if "token" in request.POST else _look_up(request)
    except Error as error:
        logger.error("a visitor's request can't be read (%s)", type(error).__name__)
        return _show_lookup(request, UNAVAILABLE, 503)


@sensitive_variables()
def _look_up(request: HttpRequest) -> HttpResponse:
    form = LookupForm(request.POST)
    form.full_clean()
    reference, digits = form.cleaned_data["reference"], form.cleaned_data["digits"]
    if references.is_reference(reference) and not rate_limit.allows_subject(
        "my request of", reference, TRIES, TRIES_SECONDS
    ):
        return _show_lookup(request, TOO_MANY_TRIES, 429)
    with transaction.atomic():
        found = find_by_reference(reference, digits)
        if found is None:
            return _show_lookup(request, NOT_FOUND)
        audit.record(audit.VISITOR, AuditAction.VIEWED, found.pk)
    action = form.cleaned_data["do"].removesuffix("_now")
    if action in ("cancel", "stop"):
        return _confirm(request, found, action)
    carried = {name: form.cleaned_data[name] for name in LookupForm.CARRIED_FIELDS}
    return _show_found(request, found, action, carried)


@sensitive_variables()
def _show_found(
    request: HttpRequest, found: CallbackRequest, action: str, carried: dict[str, Any]
) -> HttpResponse:
    """Show the request; what was typed before it was found stands in its form, not saved yet."""
    if action == "answers":
        return _show(request, found, NOT_SAVED_YET, answers=AnswersForm(found, initial=carried))
    if action == "change":
        return _show(
            request,
            found,
            NOT_SAVED_YET,
            RescheduleForm(initial=carried, time_zone=found.time_zone),
        )
    return _show(request, found)


@sensitive_variables()
def _carry_out(request: HttpRequest) -> HttpResponse:
    values = tokens.decode(request.POST["token"], PURPOSE, TOKEN_SECONDS)
    if values is None:
        return _show_lookup(request, EXPIRED)
    pk, action = uuid.UUID(values["request"]), request.POST.get("do", "")
    try:
        with transaction.atomic():
            mine = claims.lock(pk)
            if mine.is_purged:
                return _show_lookup(request, NOT_FOUND)
            if action in ("cancel", "stop"):
                return _confirm(request, mine, action)
            if action == "change":
                return _change(request, mine)
            if action == "answers":
                return _change_answers(request, mine)
            return _show(request, mine, _end(mine, action))
    except CallbackRequest.DoesNotExist:
        return _show_lookup(request, NOT_FOUND)


def _end(mine: CallbackRequest, action: str) -> Confirmation | None:
    """Carry out a confirmed action and return its notice."""
    if action == "stop_now":
        stops.stop_calls(mine, audit.VISITOR, Scope.REQUEST)
        return STOPPED
    if action != "cancel_now":
        return None
    if not mine.is_open:
        return CLOSED
    transitions.close(mine, audit.VISITOR, CallbackRequest.Outcome.CANCELLED)
    return CANCELLED


@sensitive_variables()
def _change(request: HttpRequest, mine: CallbackRequest) -> HttpResponse:
    if not mine.is_open:
        return _show(request, mine, CLOSED)
    danger.raise_priority(mine, audit.VISITOR, request.POST.get("at", ""))
    form = RescheduleForm(request.POST, time_zone=mine.time_zone)
    if not form.is_valid():
        return _show(request, mine, form=form)
    best_time, time_zone = form.cleaned_data["best_time"], form.cleaned_data["time_zone"]
    is_new = (best_time, time_zone) != (mine.best_time, mine.time_zone)
    if is_new:
        transitions.change_preferences(mine, audit.VISITOR, best_time, time_zone, Scope.REQUEST)
    if form.moment:
        transitions.replan(mine, audit.VISITOR, form.moment, Scope.REQUEST)
    return _show(request, mine, SAVED if is_new or form.moment else UNCHANGED)


@sensitive_variables()
def _change_answers(request: HttpRequest, mine: CallbackRequest) -> HttpResponse:
    if not mine.is_open:
        return _show(request, mine, CLOSED)
    form = AnswersForm(mine, request.POST)
    if not form.is_valid():
        # Nothing is saved yet, but danger is no matter of a whole form.
        words = (request.POST.get(name, "") for name in FREE_TEXT_FIELDS)
        danger.raise_priority(mine, audit.VISITOR, *words)
        return _show(request, mine, answers=form)
    changed = corrections.correct(mine, audit.VISITOR, form.values())
    return _show(request, mine, SAVED if changed else UNCHANGED)


def _token(mine: CallbackRequest) -> str:
    return tokens.encode(PURPOSE, {"request": str(mine.pk)})


def _danger_language(mine: CallbackRequest) -> str:
    """Return the language in which to lead with the crisis lines; empty if nothing means danger."""
    if not mine.is_danger:
        return ""
    spoken = CallbackRequest.Language
    other = spoken.SPANISH if mine.language == spoken.SPANISH else spoken.ENGLISH
    return danger.verdict_on_request(mine).language or other.value


def _danger_call(mine: CallbackRequest, schedule: Schedule) -> status_text.DangerCall | None:
    """Return what to say of our next call beside the crisis lines; None if it was named or made."""
    if not mine.is_in_danger or has_named_time(mine) or not status_text.is_planned(mine):
        return None
    is_open = schedule.is_open(timezone.now()) if schedule.is_known else None
    return status_text.danger_call(is_open=is_open, best_time=mine.best_time)


def _other_hours(mine: CallbackRequest, schedule: Schedule) -> str:
    """Return why the next call is planned outside the hours they chose, if it is."""
    if not status_text.is_planned(mine) or has_named_time(mine):
        return ""
    caller = mine.preferences
    return status_text.other_hours_reason(schedule, caller, timezone.now())


@sensitive_variables()
def _show(
    request: HttpRequest,
    mine: CallbackRequest,
    notice: Confirmation | None = None,
    form: RescheduleForm | None = None,
    answers: AnswersForm | None = None,
) -> HttpResponse:
    # Closed, unless there is something to correct or to save in it.
    folds = {"is_change_open": form is not None, "is_answers_open": answers is not None}
    if form is None:
        preferences = {"best_time": mine.best_time, "time_zone": mine.time_zone}
        form = RescheduleForm(initial=preferences, time_zone=mine.time_zone)
    answers = answers or AnswersForm(mine)
    schedule = Schedule.current()
    done = notice.title if notice else ""
    context = folds | {
        "title_prefix": _("Please check the form") if form.errors or answers.errors else done,
        "callback": mine,
        "danger_language": _danger_language(mine),
        "danger_call": _danger_call(mine, schedule),
        "status_sentences": status_text.status_sentences(mine, schedule),
        "other_hours": _other_hours(mine, schedule),
        "recognition": recognition_of(mine),
        "best_time": with_whole_brackets(mine.get_best_time_display()),
        "is_stopped": mine.outcome == mine.Outcome.STOP or notice is STOPPED,
        "zone": dict(TIME_ZONES).get(mine.time_zone, mine.time_zone),
        "notice": notice,
        "form": form,
        "answers_form": answers,
        "token": _token(mine),
        "desk": desk_now(),
    }
    return render(request, "contact/my_request.html", context)


@sensitive_variables()
def _confirm(request: HttpRequest, mine: CallbackRequest, action: str) -> HttpResponse:
    if action == "cancel" and not mine.is_open:
        return _show(request, mine)
    context = {
        "callback": mine,
        "danger_language": _danger_language(mine),
        "action": action,
        "token": _token(mine),
    }
    return render(request, "contact/my_request_confirm.html", context)


@sensitive_variables()
def _show_lookup(request: HttpRequest, problem: Any, status: int = 200) -> HttpResponse:
    """Show the lookup form again with a problem and everything that was typed."""
    form = LookupForm(request.POST)
    form.add_error(None, with_phone_link(problem))
    context = {"form": form, "desk": desk_now()}
    return render(request, "contact/my_request_find.html", context, status=status)
