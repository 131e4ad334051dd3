from __future__ import annotations

import errno
import logging
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from contact.danger.rules import decide
from contact.lifecycle.journal import journal
from contact.lifecycle.triage import danger
from contact.privacy import rate_limit, tokens
from contact.records.enums import Language, SetApart
from contact.records.requests import references
from contact.schedule.number_zones import number_zones, zone_prefix
from contact.schedule.slots import CallPreferences, is_called_until

from .callback_form import accepted_forms, typed_words
from .callback_form.forms import CallbackForm, new_key, referring_article, with_phone_link
from .callback_form.network_budget import NetworkBudget, is_anyway, seal_anyway
from .callback_form.received_form import ReceivedForm
from .told import desk_snapshot, recognition, status_text
from .told.desk_hours import desk_now
from .told.wished_times import desk_schedule

logger = logging.getLogger(__name__)

# The address opens for whoever finds it in the browser's history, so only as long as one reads it.
THANKS_SECONDS = 15 * 60
MANY_POSTS = _(
    "Many requests came from your network. What you wrote is still here. Press the button once "
    "more and we take it, but we may call others first. It is quicker to call {phone} now, or to "
    "press in ten minutes."
)
TOO_MANY_POSTS = _(
    "Very many requests came from your network. What you wrote is still here: please press the "
    "button again in ten minutes, or call {phone} now."
)
CROSS_SITE_POST = _(
    "This came from another website. If you want us to call you, please press the button once more."
)
NOT_SAVED = _(
    "We could not save your request. What you wrote is still here: please press the button "
    "again in a minute, or call {phone} now."
)


class Assessment(NamedTuple):
    """The promise for a visitor, and the language of their words that may mean danger."""

    promise: datetime | None = None
    danger_language: str = ""


# Exempt: the form must work without cookies, and has no session to abuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def callback(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _empty_or_typed(request)
    form = ReceivedForm(request.POST)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _page(request, form, 403, CROSS_SITE_POST)
    if not form.is_valid():
        return _with_errors(request, form)
    return _take(request, form)


@sensitive_variables()
def _take(request: HttpRequest, form: CallbackForm) -> HttpResponse:
    """Write a valid form into the journal, and thank for it."""
    payload = form.payload()
    caller = _caller(payload)
    # Whether its line asked for no calls changes nothing here: anyone may type anyone's number.
    key, budget = form.cleaned_data["key"], NetworkBudget(request)
    assessment = _assess(caller, *danger.written(payload), crowd=budget.crowd)
    try:
        # A form that is sent again is in the journal already, and does not count for the network.
        entry_id = journal.id_for(payload, key)
        is_new = not journal.has_entry(entry_id)
        if is_new and (response := _refuse_flood(request, form, budget, assessment)):
            return response
        marks: dict[str, Any] = {"delays_others": not budget.crowd, "entry_id": entry_id}
        if is_new and budget.is_spent:
            marks["set_apart"], assessment = SetApart.NETWORK, assessment._replace(promise=None)
        entry = journal.append(payload, key, assessment.promise, recognition.words_taken(), **marks)
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "OSError")
        logger.critical("journal refused an entry (%s)", name)
        return _page(request, form, 503, NOT_SAVED)
    if is_new:
        budget.count()
    accepted_forms.remember(key)
    logger.info("journal entry %s accepted", entry.id)
    return _to_thanks(entry, payload, caller, assessment)


@sensitive_variables()
def _caller(payload: dict[str, Any]) -> CallPreferences:
    zones = number_zones(payload["phone"])
    return CallPreferences(payload["best_time"], payload["time_zone"], zones)


@sensitive_variables()
def _refuse_flood(
    request: HttpRequest, form: CallbackForm, budget: NetworkBudget, assessment: Assessment
) -> HttpResponse | None:
    """Refuse a request of a network that sent many; whoever is in danger presses once."""
    key, token = form.cleaned_data["key"], form.cleaned_data["anyway"]
    if budget.is_exhausted:
        response = _page(request, form, 429, TOO_MANY_POSTS)
    elif not budget.is_spent or assessment.danger_language or is_anyway(token, key):
        return None
    else:
        form.data = dict(form.data.items()) | {"anyway": seal_anyway(key)}
        response = _page(request, form, 429, MANY_POSTS)
    response["Retry-After"] = str(rate_limit.POSTS_WINDOW)
    return response


@sensitive_variables()
def _empty_or_typed(request: HttpRequest) -> HttpResponse:
    typed = typed_words.words_typed(request)
    was_accepted = typed is not None and accepted_forms.is_accepted(typed.get("key", ""))
    if typed and not was_accepted:
        return _page(request, CallbackForm(typed))
    form = CallbackForm(initial={"source": referring_article(request)} | _wished_language(request))
    return _page(request, form, was_accepted=was_accepted)


def _wished_language(request: HttpRequest) -> dict[str, str]:
    """The language of the call that a link names, to be preselected."""
    language = request.GET.get("language", "")
    return {"language": language} if language in Language.values else {}


def _to_thanks(
    entry: journal.JournalEntry,
    payload: dict[str, Any],
    caller: CallPreferences,
    assessment: Assessment,
) -> HttpResponseRedirect:
    """Redirect to the thank-you, whose address carries all that it shows, sealed."""
    thanks = {
        "reference": entry.reference,
        "promise": assessment.promise.isoformat() if assessment.promise else "",
        "urgent": assessment.danger_language,
        "zone": caller.time_zone,
        "best_time": caller.best_time,
        # As much of the number as its zones depend on; their names would not fit the padding.
        "prefix": zone_prefix(payload["phone"]),
        "ends": f"{payload['phone'][-4:]}x{payload['extension']}",
        **recognition.carried(payload, entry.code_words),
    }
    token = tokens.encode("thanks", thanks)
    return _see_other(reverse("contact:callback_thanks", query={"r": token}))


def _with_errors(request: HttpRequest, form: CallbackForm) -> HttpResponse:
    """Show what was typed, with its errors; to a browser at an address to which Back can lead."""
    if accepted_forms.is_accepted(form.data.get("key", "")):
        # It was sent, then changed with Back: what is corrected now is another request.
        form.data = dict(form.data.items()) | {"key": new_key()}
    token = typed_words.seal_words(form) if typed_words.is_navigation(request) else ""
    if not token:
        return _page(request, form)
    query = {typed_words.WORDS_PARAMETER: token}
    return _see_other(reverse("contact:callback", query=query, fragment="error-summary"))


def _see_other(address: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@require_safe
def callback_thanks(request: HttpRequest) -> HttpResponse:
    token = request.GET.get("r", "")
    thanks = tokens.decode(token, "thanks", THANKS_SECONDS)
    if token and not thanks:
        return _see_other(reverse("contact:callback_thanks"))
    context: dict[str, Any] = {"reference": "", "desk": desk_now()}
    if thanks:
        promise = datetime.fromisoformat(thanks["promise"]) if thanks["promise"] else None
        caller = CallPreferences(
            thanks.get("best_time", "any"),
            thanks["zone"],
            number_zones(thanks.get("prefix", "")),
        )
        context |= {
            "reference": references.display(thanks["reference"]),
            "promise": status_text.time_for_visitor(promise, thanks["zone"]) if promise else "",
            "number_end": _number_end(thanks),
            "is_late": promise is not None and promise <= timezone.now(),
            "is_broken": promise is not None and _is_broken(promise, caller),
            "danger_language": thanks["urgent"],
            "danger_call": _danger_call(caller) if thanks["urgent"] else None,
            "other_hours": "" if thanks["urgent"] else _other_hours(caller),
            "recognition": recognition.recognition_from(thanks),
        }
    return render(request, "contact/callback_thanks.html", context)


def _number_end(thanks: dict[str, Any]) -> str:
    """Return as much of the number as lets a wrong digit be noticed."""
    digits, _, extension = thanks.get("ends", "").partition("x")
    if not extension:
        return digits
    return gettext("%(digits)s, extension %(extension)s") % {
        "digits": digits,
        "extension": extension,
    }


@sensitive_variables()
def _assess(caller: CallPreferences, *words: str, crowd: int) -> Assessment:
    """Assess without raising: no request may fail because its promise does."""
    assessment = Assessment()
    try:
        if desk := desk_snapshot.read_snapshot():
            verdict = decide(desk.phrases, *words)
            assessment = Assessment(None, verdict.language)
            if verdict.is_danger:
                # No hour of tomorrow: they are called as soon as the desk can.
                return assessment
            desk = desk.behind_crowd(crowd) if crowd else desk
            return assessment._replace(promise=desk.promise(caller, timezone.now()))
    except Exception as error:  # noqa: BLE001 - see above
        logger.error("nothing can be promised (%s)", type(error).__name__)
    return assessment


def _is_broken(promise: datetime, caller: CallPreferences) -> bool:
    """Return whether our present hours leave no moment to keep a promise; never raises."""
    try:
        schedule = desk_schedule()
        return schedule is not None and not is_called_until(schedule, caller, promise)
    except Exception as error:  # noqa: BLE001 - see above
        logger.error("nothing can be said of the promise (%s)", type(error).__name__)
        return False


def _danger_call(caller: CallPreferences) -> status_text.DangerCall:
    """Return what to say of our call to somebody in danger, without raising, as above."""
    try:
        desk = desk_snapshot.read_snapshot()
        is_open = desk.is_open(timezone.now()) if desk else None
        return status_text.danger_call(is_open=is_open, best_time=caller.best_time)
    except Exception as error:  # noqa: BLE001 - see above
        logger.error("nothing can be said of the desk (%s)", type(error).__name__)
    return status_text.danger_call(is_open=None, best_time=caller.best_time)


def _other_hours(caller: CallPreferences) -> str:
    """Return why we call at other hours, without raising, as above."""
    try:
        if desk := desk_snapshot.read_snapshot():
            return status_text.other_hours_reason(desk.schedule, caller, timezone.now())
    except Exception as error:  # noqa: BLE001 - see above
        logger.error("nothing can be said of the hours (%s)", type(error).__name__)
    return ""


@sensitive_variables()
def _page(
    request: HttpRequest,
    form: CallbackForm,
    status: int = 200,
    problem: Any = None,
    *,
    was_accepted: bool = False,
) -> HttpResponse:
    if isinstance(form, ReceivedForm):
        form = form.to_show()
    if problem:
        form.add_error(None, with_phone_link(problem))
    # Nothing of a form with errors is kept, so the page itself has to lead to help.
    words = danger.written(form.data) if form.is_bound else []
    anyone, crowd = CallPreferences("any", ""), NetworkBudget(request).crowd
    promise, danger_language = _assess(anyone, *words, crowd=crowd)
    context = {
        "form": form,
        "was_accepted": was_accepted,
        "danger_in_form": danger_language,
        "promise": status_text.time_for_visitor(promise) if promise else "",
        "desk": desk_now(),
    }
    return render(request, "contact/callback.html", context, status=status)
