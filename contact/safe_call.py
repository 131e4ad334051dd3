"""What intake must know before dialing, as instructions."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from . import calling_hours
from .encryption import DecryptionError
from .models import CallbackRequest


class SafeCall(NamedTuple):
    ask_for: str
    announce: str
    voicemail: str
    clock: str
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
        clock=_clock(request, now),
        language=request.get_language_display(),
        needs=opened(request, "needs"),
    )


def _announce(request: CallbackRequest) -> str:
    if request.announce == CallbackRequest.Announce.YES:
        return _("You may say who is calling.")
    return _("Do not say who is calling or why. Ask for the person only.")


def _voicemail(request: CallbackRequest) -> str:
    match request.voicemail:
        case CallbackRequest.Voicemail.FULL:
            return _("You may leave a voicemail that says who is calling and why.")
        case CallbackRequest.Voicemail.CALLBACK_ONLY:
            return _("Leave only your first name and a number to call back. Do not say why.")
    return _("Do not leave a voicemail. Hang up if nobody answers.")


def _clock(request: CallbackRequest, now: datetime | None) -> str:
    return calling_hours.when_to_call(request.best_time, request.time_zone, now)
