"""What makes a call safe: instructions to read before dialing, and a script for the call."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, assert_never

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from contact.intake.decryption import decrypted
from contact.lifecycle.planning.named_times import is_callable_at_night
from contact.models import CallbackRequest
from contact.privacy.encryption import DecryptionError
from contact.records.enums import Announce, CallingFor, Language, Voicemail
from contact.schedule.calling_hours import CallAdvice, when_to_call

from .danger_steps import SAFETY_QUESTION


class Instruction(NamedTuple):
    """`forbidden` stands out and comes before `words`; it may be empty."""

    forbidden: str
    words: str


class Consent(NamedTuple):
    """What the callers allow: values of Announce and Voicemail."""

    announce: str
    voicemail: str


class CallRules(NamedTuple):
    ask_for: str
    about: Instruction
    announce: Instruction
    voicemail: Instruction
    allows_voicemail: bool
    when: CallAdvice
    language: str
    needs: str


class CallScript(NamedTuple):
    """Words to read aloud; an empty `voicemail` means that none may be left."""

    language: str
    opening: str
    someone_else: str
    is_it_them: str
    who_we_are: str
    voicemail: str


# These follow the language of the call, not of the interface.
FIRST_NAME_BLANK = {"en": "[your first name]", "es": "[su nombre de pila]"}
OPENING = {
    ("en", "no"): "Hello. May I speak with {name}, please?",
    ("en", "yes"): "Hello, this is {me} from {centre}. May I speak with {name}, please?",
    ("es", "no"): "Hola. ¿Puedo hablar con {name}, por favor?",
    ("es", "yes"): "Hola, habla {me}, de {centre}. ¿Puedo hablar con {name}, por favor?",
}
SOMEONE_ELSE = {
    ("en", "no"): "This is {me}. It’s a personal call. I’ll try again another time. Thank you.",
    ("en", "yes"): "This is {me} from {centre}. I’ll try {name} again another time. Thank you.",
    ("es", "no"): "Habla {me}. Es una llamada personal. Volveré a llamar en otro momento. Gracias.",
    ("es", "yes"): "Habla {me}, de {centre}. Volveré a llamar a {name} en otro momento. Gracias.",
}
IS_IT_THEM = {
    "en": "Am I speaking with {name}? Can you talk freely right now?",
    "es": "¿Hablo con {name}? ¿Puede hablar con libertad en este momento?",
}
HOW_CAN_WE_HELP = {"en": "How can we help?", "es": "¿En qué podemos ayudarle?"}
WHO_WE_ARE = {
    ("en", "self"): "This is {me} from {centre}. You asked us to call you. {question}",
    ("en", "someone_else"): "This is {me} from {centre}. You asked us to call you about someone "
    "you care about. {question}",
    ("es", "self"): "Habla {me}, de {centre}. Usted nos pidió que le llamáramos. {question}",
    ("es", "someone_else"): "Habla {me}, de {centre}. Usted nos pidió que le llamáramos para "
    "hablar de una persona que le importa. {question}",
}
VOICEMAIL = {
    ("en", "none"): "",
    ("en", "callback_only"): "This is {me}. Please call me back at {phone}. Thank you.",
    ("en", "full"): "Hello, this is a message for {name}. This is {me} from {centre}. You asked us "
    "to call you about getting help. Please call us back at {phone}. Thank you.",
    ("es", "none"): "",
    ("es", "callback_only"): "Habla {me}. Por favor, devuélvame la llamada al {phone}. Gracias.",
    ("es", "full"): "Hola, este mensaje es para {name}. Habla {me}, de {centre}. Usted nos pidió "
    "que le llamáramos para recibir ayuda. Por favor, llámenos al {phone}. Gracias.",
}


def strictest_consent(*requests: CallbackRequest) -> Consent:
    """What all these requests allow: the most careful answer of any."""
    announce = {request.announce for request in requests}
    voicemail = {request.voicemail for request in requests}
    return Consent(
        next(value for value in Announce.values if value in announce),
        next(value for value in Voicemail.values if value in voicemail),
    )


def call_rules(
    request: CallbackRequest, consent: Consent, now: datetime | None = None
) -> CallRules:
    return CallRules(
        ask_for=decrypted(request, "name"),
        about=_about(request),
        announce=_announce(consent.announce),
        voicemail=_voicemail(consent.voicemail),
        allows_voicemail=consent.voicemail != Voicemail.NONE,
        when=when_to_call(
            request.best_time,
            request.time_zone,
            now,
            request.number_zones,
            at_night=is_callable_at_night(request, now or timezone.now()),
        ),
        language=request.get_language_display(),
        needs=decrypted(request, "needs"),
    )


def call_script(request: CallbackRequest, consent: Consent) -> CallScript | None:
    """The script in the caller's language, or in English if we have none in theirs.

    None if the name can't be decrypted: nobody may ask for a person by guess.
    """
    try:
        name = request.name
    except DecryptionError:
        return None
    language = request.language if Language(request.language).is_written else Language.ENGLISH
    words = {
        "name": name,
        "me": FIRST_NAME_BLANK[language],
        "centre": settings.SITE_NAME,
        "phone": settings.SITE_PHONE,
        "question": (SAFETY_QUESTION if request.is_danger else HOW_CAN_WE_HELP)[language],
    }
    lines = (
        OPENING[language, consent.announce],
        SOMEONE_ELSE[language, consent.announce],
        IS_IT_THEM[language],
        WHO_WE_ARE[language, request.calling_for],
        VOICEMAIL[language, consent.voicemail],
    )
    return CallScript(language, *(line.format(**words) for line in lines))


def _about(request: CallbackRequest) -> Instruction:
    answer, who = CallingFor(request.calling_for), decrypted(request, "relationship")
    words = str(answer.staff_label)
    match answer:
        case CallingFor.SELF:
            if who:
                words = gettext("Themselves; they also wrote: %(who)s") % {"who": who}
            return Instruction("", words)
        case CallingFor.SOMEONE_ELSE:
            if who:
                words = gettext("Someone else: %(who)s") % {"who": who}
            return Instruction(
                gettext("Speak of it with nobody but the person you ask for."), words
            )
    assert_never(answer)


def _announce(announce: str) -> Instruction:
    answer = Announce(announce)
    match answer:
        case Announce.YES:
            return Instruction("", gettext("You may say who is calling. Do not say why."))
        case Announce.NO:
            return Instruction(
                gettext("Do not say who is calling or why."), gettext("Ask for the person only.")
            )
    assert_never(answer)


def _voicemail(voicemail: str) -> Instruction:
    answer = Voicemail(voicemail)
    match answer:
        case Voicemail.FULL:
            return Instruction(
                "", gettext("You may leave a message that says who is calling and why.")
            )
        case Voicemail.CALLBACK_ONLY:
            return Instruction(
                gettext("Do not say who we are or why you call."),
                gettext("Leave only your first name and a number to call back."),
            )
        case Voicemail.NONE:
            return Instruction(
                gettext("No message. Hang up."), gettext("They allowed no voicemail.")
            )
    assert_never(answer)
