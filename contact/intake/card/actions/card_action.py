"""One action on a card: checked against the request as it is now, without losing what was typed.

A `require_…` raises ActionRefused; a `reject_repeated_…` raises AlreadyDone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.intake.card.forms.card_forms import CardForm
from contact.intake.card.page.card_page import find_request, render_card
from contact.intake.card.page.timeline import last_change
from contact.intake.colleagues import display_name
from contact.intake.permissions import LEAD_INTAKE
from contact.intake.punctuation import fix_full_stop
from contact.intake.queue.selection import return_query
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.records.history.calls import RequestPurged

Check = Callable[[HttpRequest, CallbackRequest], None]
Action = Callable[[HttpRequest, CallbackRequest, dict[str, Any]], HttpResponse]
# A button pressed twice sends the same thing again within moments.
REPEAT_WINDOW = timedelta(minutes=5)
INVALID = _("Nothing is saved yet. Please look at what is marked.")
IMPOSSIBLE = _(
    "Nothing is saved: as this request stands now, that is not possible. What you wrote is still "
    "here."
)

LEASE_IS_OVER = _("Your 15 minutes without work are over. Take the call again.")


class ActionRefused(Exception):
    """The action is not taken; the text tells the person why."""


class InvalidForm(ActionRefused):
    """The form itself says what is missing."""


class AlreadyDone(Exception):
    """The same person has just done the same: what to tell them, and the page to show."""

    def __init__(self, message: str, next_url: str = "") -> None:
        super().__init__(message)
        self.message, self.next_url = message, next_url


def card_action(
    form_class: type[CardForm], *checks: Check
) -> Callable[[Action], Callable[..., HttpResponse]]:
    """Make a view of an action, which gets the locked request once every check has passed.

    A refused action changes nothing: the card comes back as it is now, with everything typed.
    """

    def decorate(action: Action) -> Callable[..., HttpResponse]:
        @wraps(action)
        def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
            callback = find_request(pk)
            form = form_class(callback, request.POST)
            try:
                with transaction.atomic():
                    callback = claims.lock(pk, *form.also_locked())
                    form = form_class(callback, request.POST)
                    for check in (require_not_purged, *checks):
                        check(request, callback)
                    if not form.is_valid():
                        raise InvalidForm
                    return action(request, callback, form.cleaned_data)
            except CallbackRequest.DoesNotExist:
                raise Http404 from None
            except AlreadyDone as done:
                return _show_done(request, callback, done)
            except InvalidForm:
                return render_card(request, find_request(pk), form, str(INVALID), status=422)
            except (ActionRefused, InvalidTransition, RequestPurged) as refusal:
                error = str(refusal if isinstance(refusal, ActionRefused) else IMPOSSIBLE)
                return render_card(request, find_request(pk), form, error, status=409)

        return view

    return decorate


def _show_done(request: HttpRequest, callback: CallbackRequest, done: AlreadyDone) -> HttpResponse:
    if done.next_url:
        messages.info(request, done.message)
        return HttpResponseRedirect(done.next_url)
    messages.info(request, with_card_link(request, callback, done.message))
    return HttpResponseRedirect(return_query.return_url(request))


def require_not_purged(request: HttpRequest, callback: CallbackRequest) -> None:
    if callback.is_purged:
        raise ActionRefused(gettext("Nothing is saved: this request was emptied."))


def require_open(request: HttpRequest, callback: CallbackRequest) -> None:
    if not callback.is_open:
        reason = gettext("It is closed: %s.") % callback.get_outcome_display()
        raise _refusal(request, callback, reason)


def require_holder(request: HttpRequest, callback: CallbackRequest) -> None:
    """Refuse all but the last holder, who may write the call down even after the lease ended."""
    if callback.claimed_by_id == request.user.pk:
        return
    if callback.claimed_by and callback.is_held():
        who = {"who": display_name(callback.claimed_by)}
        raise _refusal(request, callback, gettext("%(who)s holds this call now.") % who)
    raise _refusal(request, callback, gettext("You do not hold this call."))


def require_holder_or_lead(request: HttpRequest, callback: CallbackRequest) -> None:
    if not request.user.has_perm(LEAD_INTAKE):
        require_holder(request, callback)


def require_active_claim(request: HttpRequest, callback: CallbackRequest) -> None:
    require_holder(request, callback)
    if not callback.is_held():
        raise ActionRefused(str(LEASE_IS_OVER))


def require_unchanged(request: HttpRequest, callback: CallbackRequest) -> None:
    if is_stale(request, callback):
        reason = gettext("This request changed while you had it open.")
        raise _refusal(request, callback, reason)


def is_stale(request: HttpRequest, callback: CallbackRequest) -> bool:
    """Whether the request has changed since the card was opened."""
    return request.POST.get("version") != str(callback.version)


def was_just_now(moment: datetime | None) -> bool:
    return moment is not None and moment > timezone.now() - REPEAT_WINDOW


def card_url(request: HttpRequest, callback: CallbackRequest) -> str:
    return callback.get_absolute_url() + return_query.return_query(request)


def with_card_link(
    request: HttpRequest, callback: CallbackRequest, text: str, *, is_undoable: bool = False
) -> SafeString:
    """A message for another page: it begins with the reference, which leads back to the card."""
    url = card_url(request, callback)
    link = format_html('<a href="{}"><bdi>{}</bdi></a>', url, callback)
    words = format_html("{} · {}", link, fix_full_stop(text))
    if not is_undoable:
        return words
    return format_html('{} <a href="{}#_undo">{}</a>', words, url, gettext("Take it back"))


def tell_of_danger(request: HttpRequest, callback: CallbackRequest, *, was_danger: bool) -> None:
    """Say it when words of staff have put a request first."""
    if callback.is_danger and not was_danger:
        text = gettext(
            "What you wrote may mean danger: this request goes first from now on, on every list. "
            "No note takes that back."
        )
        messages.warning(request, text)


def _refusal(request: HttpRequest, callback: CallbackRequest, reason: str) -> ActionRefused:
    sentences = [
        gettext("Nothing is saved yet."),
        reason,
        last_change(callback, request.user),
        gettext("What you wrote is still here."),
    ]
    return ActionRefused(" ".join(filter(None, sentences)))
