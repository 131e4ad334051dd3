"""The visitor's own look at a request: how it stands, another time, cancelling, no more calls.

The reference and the last four digits of the phone open it. A sealed token then stands for
them, for a quarter of an hour; there is no cookie, and nothing personal in any address.
"""

from __future__ import annotations

import hmac
import logging
import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.db import Error, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from . import audit, claims, progress, promises, references, throttle, tokens
from .encryption import DecryptionError, seal, unseal
from .forms import TIME_ZONES, ReadableField
from .models import CallbackRequest
from .wishes import WishesForm

logger = logging.getLogger(__name__)

PLACE = "my-request"
TOKEN_SECONDS = 15 * 60
# Ten thousand endings would take a stranger weeks; the phone stays open to everyone.
TRIES, TRIES_SECONDS = 10, 3600
POSTS, POSTS_SECONDS = 60, 600
DIGITS = 4
Words = Any

NOT_FOUND = _(
    "We find no request with this reference and these digits. Please check both. If you asked "
    "just now, wait a minute and try again. Or call %(phone)s."
)
TOO_MANY = _("That was tried too often. Please call %(phone)s, or try again later.")
FOREIGN = _("This came from another website. If it was you, please press once more.")
TOO_OLD = _(
    "To keep your request safe, this page closes after 15 minutes. Nothing was changed yet. "
    "Please enter both once more; what you typed is kept."
)
BROKEN = _(
    "We can’t look into our requests right now. Nothing was changed. What you typed is still "
    "here: please press the button again in a minute, or call %(phone)s."
)
KEPT = _("What you typed is still here. Press the button below to save it.")
SAVED = _("Saved.")
UNCHANGED = _("Nothing was changed.")
CANCELLED = _("Your request is cancelled.")
STOPPED = _("We will not call this number. Asking for a call again lifts this.")
CLOSED = _("Your request was closed before this could be saved.")


class AskedField(ReadableField):
    """Asked for, but an empty answer is no more and no less than a wrong one."""

    def validate(self, value: str) -> None:
        pass


class LookupForm(forms.Form):
    reference = AskedField(
        label=_("Your reference"),
        help_text=_("Eight letters and digits, such as K7MQ-4XWD."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    digits = AskedField(
        label=_("The last four digits of the phone number"),
        help_text=_("Of the number that you asked us to call."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    # What was being done when the page grew too old, or something else was in the way.
    KEPT = ("do", "best_time", "time_zone", "at", "exactly")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.KEPT:
            self.fields[name] = ReadableField(required=False, widget=forms.HiddenInput)
        self.helper = FormHelper()
        self.helper.form_action = reverse("contact:my_request", fragment="error-summary")
        self.helper.attrs = {"novalidate": "novalidate"}
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "reference", "digits", *self.KEPT, Submit("", _("Show my request"))
        )

    def clean_reference(self) -> str:
        return references.normalise(self.cleaned_data["reference"])

    def clean_digits(self) -> str:
        """The last four of whatever was typed, the whole number perhaps."""
        typed = self.cleaned_data["digits"]
        digits = "".join(str(int(character)) for character in typed if character.isdecimal())
        return digits[-DIGITS:]


# Exempt: it must work with cookies blocked, and there is no session to ride on.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def my_request(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "contact/my_request_find.html", {"form": LookupForm()})
    if not throttle.allows(request, "my request", POSTS, POSTS_SECONDS):
        return _ask(request, TOO_MANY, 429)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _ask(request, FOREIGN, 403)
    try:
        return _act(request) if "token" in request.POST else _look_up(request)
    except Error as error:
        logger.error("a visitor's request can't be read (%s)", type(error).__name__)
        return _ask(request, BROKEN, 503)


@sensitive_variables()
def _look_up(request: HttpRequest) -> HttpResponse:
    form = LookupForm(request.POST)
    form.full_clean()
    reference, digits = form.cleaned_data["reference"], form.cleaned_data["digits"]
    if references.is_reference(reference) and not throttle.is_within(
        "my request of", reference, TRIES, TRIES_SECONDS
    ):
        return _ask(request, TOO_MANY, 429)
    with transaction.atomic():
        found = _find(reference, digits)
        if found is None:
            return _ask(request, NOT_FOUND)
        audit.record(audit.VISITOR, "viewed", found.pk)
    wanted = form.cleaned_data["do"].removesuffix("_now")
    if wanted in ("cancel", "stop"):
        return _confirm(request, found, wanted)
    if wanted == "change":
        kept = {name: form.cleaned_data[name] for name in LookupForm.KEPT}
        return _show(request, found, KEPT, WishesForm(initial=kept, time_zone=found.time_zone))
    return _show(request, found)


@sensitive_variables()
def _act(request: HttpRequest) -> HttpResponse:
    values = tokens.read(request.POST["token"], PLACE, TOKEN_SECONDS)
    if values is None:
        return _ask(request, TOO_OLD)
    pk, wanted = uuid.UUID(values["request"]), request.POST.get("do", "")
    try:
        with transaction.atomic():
            mine = claims.lock(pk)
            if mine.is_purged:
                return _ask(request, NOT_FOUND)
            if wanted in ("cancel", "stop"):
                return _confirm(request, mine, wanted)
            if wanted == "change":
                return _change(request, mine)
            return _show(request, mine, _end(mine, wanted))
    except CallbackRequest.DoesNotExist:
        return _ask(request, NOT_FOUND)


def _end(mine: CallbackRequest, wanted: str) -> Words:
    """Do what was confirmed, and say so."""
    if wanted == "stop_now":
        progress.stop(mine, audit.VISITOR)
        return STOPPED
    if wanted != "cancel_now":
        return ""
    if not mine.is_open:
        return CLOSED
    progress.close(mine, audit.VISITOR, CallbackRequest.Outcome.CANCELLED)
    return CANCELLED


@sensitive_variables()
def _change(request: HttpRequest, mine: CallbackRequest) -> HttpResponse:
    if not mine.is_open:
        return _show(request, mine, CLOSED)
    form = WishesForm(request.POST, time_zone=mine.time_zone)
    if not form.is_valid():
        return _show(request, mine, form=form)
    best_time, time_zone = form.cleaned_data["best_time"], form.cleaned_data["time_zone"]
    is_new = (best_time, time_zone) != (mine.best_time, mine.time_zone)
    if is_new:
        progress.change_wishes(mine, audit.VISITOR, best_time, time_zone)
    if form.moment:
        progress.replan(mine, audit.VISITOR, form.moment)
    return _show(request, mine, SAVED if is_new or form.moment else UNCHANGED)


@sensitive_variables()
def _find(reference: str, digits: str) -> CallbackRequest | None:
    """The request of this pair. As much work when there is none: time must not tell either."""
    rows = CallbackRequest.objects.filter(reference=reference[: references.LENGTH + 1])
    rows = rows.filter(purged_at=None).order_by("-created_at")
    candidates: list[CallbackRequest | None] = list(rows) or [None]
    # References repeat, very rarely; an open request then goes first.
    found = [row for row in candidates if _ends_with(_phone(row), digits) and row]
    return min(found, key=lambda row: not row.is_open, default=None)


def _phone(row: CallbackRequest | None) -> str:
    if row is None:
        return unseal(seal("+10000000000", PLACE), PLACE)
    try:
        return str(row.phone)
    except DecryptionError:
        return ""


def _ends_with(phone: str, digits: str) -> bool:
    is_same = hmac.compare_digest(phone[-DIGITS:].encode(), digits.encode())
    return is_same and len(digits) == DIGITS


def _token(mine: CallbackRequest) -> str:
    return tokens.make(PLACE, {"request": str(mine.pk)})


@sensitive_variables()
def _show(
    request: HttpRequest, mine: CallbackRequest, notice: Words = "", form: WishesForm | None = None
) -> HttpResponse:
    if form is None:
        wishes = {"best_time": mine.best_time, "time_zone": mine.time_zone}
        form = WishesForm(initial=wishes, time_zone=mine.time_zone)
    context = {
        "callback": mine,
        "standing": promises.standing(mine),
        "zone": dict(TIME_ZONES).get(mine.time_zone, mine.time_zone),
        "notice": notice,
        "form": form,
        "token": _token(mine),
    }
    return render(request, "contact/my_request.html", context)


@sensitive_variables()
def _confirm(request: HttpRequest, mine: CallbackRequest, wanted: str) -> HttpResponse:
    if wanted == "cancel" and not mine.is_open:
        return _show(request, mine)
    context = {"callback": mine, "wanted": wanted, "token": _token(mine)}
    return render(request, "contact/my_request_confirm.html", context)


@sensitive_variables()
def _ask(request: HttpRequest, problem: Words, status: int = 200) -> HttpResponse:
    """The way in once more, with everything that was typed."""
    form = LookupForm(request.POST)
    form.add_error(None, problem % {"phone": settings.SITE_PHONE})
    return render(request, "contact/my_request_find.html", {"form": form}, status=status)
