"""A talk that they began: they called us, or came to us."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext

from contact.intake.decryption import decrypted
from contact.models import CallbackRequest
from contact.privacy.matching.phone_index import LAST_DIGITS
from contact.records.enums import Direction, Language

from .safe_call import FIRST_NAME_BLANK, HOW_CAN_WE_HELP

# These follow the language of the call, not of the interface.
TALK_OPENING = {
    ("en", Direction.INCOMING): "This is {me} from {centre}. Thank you for calling.",
    ("en", Direction.IN_PERSON): "I am {me} from {centre}. Thank you for coming.",
    ("es", Direction.INCOMING): "Habla {me}, de {centre}. Gracias por llamar.",
    ("es", Direction.IN_PERSON): "Soy {me}, de {centre}. Gracias por venir.",
}
WHO_IS_IT = {
    "en": "What name did you give us, and what are the last four digits of the number?",
    "es": "¿Qué nombre nos dio, y cuáles son los últimos cuatro dígitos del número?",
}
NOT_THEM = {
    "en": "I can’t speak about anyone else’s request. I can help you with one of your own.",
    "es": "No puedo hablar de la solicitud de otra persona. Puedo ayudarle con una propia.",
}


class Talk(NamedTuple):
    """What to ask and say; `last_digits` is empty if the number can't be read."""

    heading: str
    last_digits: str
    language: str
    opening: str
    who_is_it: str
    not_them: str
    how_can_we_help: str


def ongoing_talk(callback: CallbackRequest) -> Talk | None:
    """The talk that is going on; None if its holder is about to call, or nobody holds it."""
    if not callback.is_talking:
        return None
    direction = Direction(callback.talk_direction)
    number = decrypted(callback, "phone")
    language = callback.language if Language(callback.language).is_written else Language.ENGLISH
    words = {"me": FIRST_NAME_BLANK[language], "centre": settings.SITE_NAME}
    is_on_the_line = direction is Direction.INCOMING
    return Talk(
        gettext("They are on the line") if is_on_the_line else gettext("They are with you"),
        number[-LAST_DIGITS:] if number.startswith("+") else "",
        language,
        TALK_OPENING[language, direction].format(**words),
        WHO_IS_IT[language],
        NOT_THEM[language],
        HOW_CAN_WE_HELP[language],
    )
