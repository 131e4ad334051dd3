"""One step on a card: checked against the request as it is now, never losing what was typed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact.intake.colleagues import display_name
from contact.intake.permissions import LEAD_INTAKE
from contact.intake.queue import return_query
from contact.lifecycle import claims
from contact.lifecycle.transitions import InvalidTransition
from contact.models import CallbackRequest
from contact.records.calls import RequestPurged

from . import timeline, views
from .forms import CardForm
from .sentences import sentence

Check = Callable[[HttpRequest, CallbackRequest], None]
Verb = Callable[[HttpRequest, CallbackRequest, dict[str, Any]], HttpResponse]
# A button that was pressed twice sends the same thing again within moments.
TWICE = timedelta(minutes=5)
IMPOSSIBLE = gettext_lazy(
    "Nothing is saved: as this request stands now, that is not possible. What you wrote is still "
    "here."
)


class Refused(Exception):
    """Why a step was not taken, in words for whoever tried."""


class Invalid(Refused):
    """The form says what is missing."""


class DoneAlready(Exception):
    """The same step was just taken by the same person: what to say, and where to go on."""

    def __init__(self, said: str, goes_on: str = "") -> None:
        super().__init__(said)
        self.said, self.goes_on = said, goes_on


def step(form_class: type[CardForm], *checks: Check) -> Callable[[Verb], Callable[..., Any]]:
    """Makes a view of a verb, which gets the locked request once every check has passed.

    What is refused changes nothing: the card comes back as it is now, with everything typed.
    """

    def decorate(verb: Verb) -> Callable[..., HttpResponse]:
        @wraps(verb)
        def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
            callback = views.find(pk)
            form = form_class(callback, request.POST)
            try:
                with transaction.atomic():
                    callback = claims.lock(pk, *form.also_locked())
                    form = form_class(callback, request.POST)
                    is_kept(request, callback)
                    for check in checks:
                        check(request, callback)
                    if not form.is_valid():
                        raise Invalid
                    return verb(request, callback, form.cleaned_data)
            except CallbackRequest.DoesNotExist:
                raise Http404 from None
            except DoneAlready as done:
                said = done.said if done.goes_on else about(request, callback, done.said)
                messages.info(request, said)
                return HttpResponseRedirect(done.goes_on or return_query.return_url(request))
            except Invalid:
                said = _("Nothing is saved yet. Please look at what is marked.")
                return views.show(request, views.find(pk), form, said, status=422)
            except (Refused, InvalidTransition, RequestPurged) as refused:
                said = str(refused if isinstance(refused, Refused) else IMPOSSIBLE)
                return views.show(request, views.find(pk), form, said, status=409)

        return view

    return decorate


def is_kept(request: HttpRequest, callback: CallbackRequest) -> None:
    if callback.is_purged:
        raise Refused(_("Nothing is saved: this request was emptied."))


def is_open(request: HttpRequest, callback: CallbackRequest) -> None:
    if not callback.is_open:
        _refuse(request, callback, _("It is closed: %s.") % callback.get_outcome_display())


def is_mine(request: HttpRequest, callback: CallbackRequest) -> None:
    """Theirs, too, when the lease ended and nobody took it: their call must be written down."""
    if callback.claimed_by_id == request.user.pk:
        return
    if callback.claimed_by and callback.is_held():
        who = {"who": display_name(callback.claimed_by)}
        _refuse(request, callback, _("%(who)s holds this call now.") % who)
    _refuse(request, callback, _("You do not hold this call."))


def is_mine_or_led(request: HttpRequest, callback: CallbackRequest) -> None:
    if not request.user.has_perm(LEAD_INTAKE):
        is_mine(request, callback)


def is_held_by_me(request: HttpRequest, callback: CallbackRequest) -> None:
    is_mine(request, callback)
    if not callback.is_held():
        raise Refused(_("Your 15 minutes without work are over. Take the call again."))


def is_unchanged(request: HttpRequest, callback: CallbackRequest) -> None:
    if is_stale(request, callback):
        _refuse(request, callback, _("This request changed while you had it open."))


def is_stale(request: HttpRequest, callback: CallbackRequest) -> bool:
    return request.POST.get("version") != str(callback.version)


def card_address(request: HttpRequest, callback: CallbackRequest) -> str:
    return callback.get_absolute_url() + return_query.return_query(request)


def about(request: HttpRequest, callback: CallbackRequest, said: str) -> SafeString:
    """What a message on another page says of a request: its reference leads back to the card."""
    where = card_address(request, callback)
    link = format_html('<a href="{}"><bdi>{}</bdi></a>', where, callback)
    return format_html("{} · {}", link, sentence(said))


def was_just_now(moment: Any) -> bool:
    return moment is not None and moment > timezone.now() - TWICE


def _refuse(request: HttpRequest, callback: CallbackRequest, why: str) -> None:
    others = list(callback.earlier_requests()[: timeline.OTHERS_SHOWN])
    sentences = [
        _("Nothing is saved yet."),
        why,
        timeline.last_change(callback, others, request.user),
        _("What you wrote is still here."),
    ]
    raise Refused(" ".join(filter(None, sentences)))
