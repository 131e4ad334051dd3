"""The pages on which a visitor finds, reads, changes and ends their request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from contact.lifecycle.planning.named_times import has_named_time
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest
from contact.privacy import tokens
from contact.schedule.opening_hours import Schedule
from contact.visitor.callback_form.forms import (
    TIME_ZONES,
    with_phone_link,
    with_whole_brackets,
)
from contact.visitor.told import status_text
from contact.visitor.told.desk_hours import desk_now
from contact.visitor.told.recognition import recognition_of

from .answers_form import AnswersForm
from .confirmations import STOPPED, Confirmation
from .lookup import LookupForm
from .reschedule_form import RescheduleForm

PURPOSE = "my-request"


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
def _told(mine: CallbackRequest) -> dict[str, Any]:
    """Context: what the visitor is told of their request."""
    schedule = Schedule.current()
    return {
        "callback": mine,
        "danger_language": _danger_language(mine),
        "danger_call": _danger_call(mine, schedule),
        "status_sentences": status_text.status_sentences(mine, schedule),
        "other_hours": _other_hours(mine, schedule),
        "recognition": recognition_of(mine),
        "best_time": with_whole_brackets(mine.get_best_time_display()),
        "zone": dict(TIME_ZONES).get(mine.time_zone, mine.time_zone),
        "token": _token(mine),
        "desk": desk_now(),
    }


@sensitive_variables()
def show(
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
    done = notice.title if notice else ""
    context = _told(mine) | {
        "title_prefix": _("Please check the form") if form.errors or answers.errors else done,
        "is_stopped": mine.outcome == mine.Outcome.STOP or notice is STOPPED,
        "notice": notice,
        "form": form,
        "answers_form": answers,
        **folds,
    }
    return render(request, "contact/my_request.html", context)


@sensitive_variables()
def show_confirmation(request: HttpRequest, mine: CallbackRequest, action: str) -> HttpResponse:
    if action == "cancel" and not mine.is_open:
        return show(request, mine)
    context = {
        "callback": mine,
        "danger_language": _danger_language(mine),
        "action": action,
        "token": _token(mine),
    }
    return render(request, "contact/my_request_confirm.html", context)


@sensitive_variables()
def show_lookup(request: HttpRequest, problem: Any, status: int = 200) -> HttpResponse:
    """Show the lookup form again with a problem and everything that was typed."""
    form = LookupForm(request.POST)
    form.add_error(None, with_phone_link(problem))
    context = {"form": form, "desk": desk_now()}
    return render(request, "contact/my_request_find.html", context, status=status)
