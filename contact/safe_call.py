"""What intake must know before dialing, as instructions."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from .calling_hours import Advice, when_to_call
from .encryption import DecryptionError
from .models import CallbackRequest


class Rule(NamedTuple):
    """An instruction; what it forbids comes first."""

    forbidden: str
    words: str


class SafeCall(NamedTuple):
    ask_for: str
    announce: Rule
    voicemail: Rule
    when: Advice
    language: str
    needs: str


def opened(instance: object, name: str) -> str:
    """An encrypted field's text, or a sentence that says why it can't be shown."""
    try:
        return str(getattr(instance, name))
    except DecryptionError:
        return _("Cannot be decrypted with the present keys.")


def safe_call(request: CallbackRequest, now: datetime | None = None) -> SafeCall:
    return SafeCall(
        ask_for=opened(request, "name"),
        announce=_announce(request),
        voicemail=_voicemail(request),
        when=when_to_call(request.best_time, request.time_zone, now),
        language=request.get_language_display(),
        needs=opened(request, "needs"),
    )


def _announce(request: CallbackRequest) -> Rule:
    if request.announce == CallbackRequest.Announce.YES:
        return Rule("", _("You may say who is calling."))
    return Rule(_("Do not say who is calling or why."), _("Ask for the person only."))


def _voicemail(request: CallbackRequest) -> Rule:
    match request.voicemail:
        case CallbackRequest.Voicemail.FULL:
            return Rule("", _("You may leave a voicemail that says who is calling and why."))
        case CallbackRequest.Voicemail.CALLBACK_ONLY:
            return Rule(
                _("Do not say why you call."),
                _("Leave only your first name and a number to call back."),
            )
    return Rule(_("Do not leave a voicemail."), _("Hang up if nobody answers."))
