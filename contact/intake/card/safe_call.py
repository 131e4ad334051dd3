"""What intake must know before dialing, as instructions; and the words to say."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, assert_never

from django.conf import settings
from django.utils.translation import gettext as _

from contact.intake.decryption import decrypted
from contact.models import CallbackRequest
from contact.privacy.encryption import DecryptionError
from contact.records.enums import Announce, CallingFor, Language, Voicemail
from contact.schedule.calling_hours import Advice, when_to_call


class Rule(NamedTuple):
    """An instruction; what it forbids comes first."""

    forbidden: str
    words: str


class Allowed(NamedTuple):
    """Values of Announce and Voicemail."""

    announce: str
    voicemail: str


class SafeCall(NamedTuple):
    ask_for: str
    about: Rule
    announce: Rule
    voicemail: Rule
    allows_voicemail: bool
    when: Advice
    language: str
    needs: str


class Script(NamedTuple):
    """Words to read aloud, in the language of the call. Without a voicemail, none is left."""

    language: str
    opening: str
    someone_else: str
    is_it_them: str
    who_we_are: str
    voicemail: str


# Not for translation with the interface: a call is held in the caller's language.
NAMELESS = {"en": "[your first name]", "es": "[su nombre de pila]"}
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
WHO_WE_ARE = {
    ("en", "self"): "This is {me} from {centre}. You asked us to call you. How can we help?",
    ("en", "someone_else"): "This is {me} from {centre}. You asked us to call you about someone "
    "you care about. How can we help?",
    ("es", "self"): "Habla {me}, de {centre}. Usted nos pidió que le llamáramos. ¿En qué podemos "
    "ayudarle?",
    ("es", "someone_else"): "Habla {me}, de {centre}. Usted nos pidió que le llamáramos para "
    "hablar de una persona que le importa. ¿En qué podemos ayudarle?",
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


def allowed(*requests: CallbackRequest) -> Allowed:
    """What all open requests of a number allow: the most careful answer holds for each call."""
    announce = {request.announce for request in requests}
    voicemail = {request.voicemail for request in requests}
    return Allowed(
        next(value for value in Announce.values if value in announce),
        next(value for value in Voicemail.values if value in voicemail),
    )


def safe_call(
    request: CallbackRequest, now: datetime | None = None, rules: Allowed | None = None
) -> SafeCall:
    rules = rules or allowed(request)
    return SafeCall(
        ask_for=decrypted(request, "name"),
        about=_about(request),
        announce=_announce(rules.announce),
        voicemail=_voicemail(rules.voicemail),
        allows_voicemail=rules.voicemail != Voicemail.NONE,
        when=when_to_call(request.best_time, request.time_zone, now),
        language=request.get_language_display(),
        needs=decrypted(request, "needs"),
    )


def script(request: CallbackRequest, rules: Allowed | None = None) -> Script | None:
    """What to say on this call; English for a language that we have no words in.

    None if the name can't be opened: nobody is to be asked for by guess.
    """
    try:
        name = request.name
    except DecryptionError:
        return None
    rules = rules or allowed(request)
    language = request.language if Language(request.language).is_written else Language.ENGLISH
    words = {
        "name": name,
        "me": NAMELESS[language],
        "centre": settings.SITE_NAME,
        "phone": settings.SITE_PHONE,
    }
    lines = (
        OPENING[language, rules.announce],
        SOMEONE_ELSE[language, rules.announce],
        IS_IT_THEM[language],
        WHO_WE_ARE[language, request.calling_for],
        VOICEMAIL[language, rules.voicemail],
    )
    return Script(language, *(line.format(**words) for line in lines))


def _about(request: CallbackRequest) -> Rule:
    # The choices' own labels speak as the visitor.
    answer = CallingFor(request.calling_for)
    match answer:
        case CallingFor.SELF:
            return Rule("", _("Themselves"))
        case CallingFor.SOMEONE_ELSE:
            who = decrypted(request, "relationship")
            about = _("Someone else: %(who)s") % {"who": who} if who else _("Someone else")
            return Rule(_("Speak of it with nobody but the person you ask for."), about)
    assert_never(answer)


def _announce(announce: str) -> Rule:
    answer = Announce(announce)
    match answer:
        case Announce.YES:
            return Rule("", _("You may say who is calling. Do not say why."))
        case Announce.NO:
            return Rule(_("Do not say who is calling or why."), _("Ask for the person only."))
    assert_never(answer)


def _voicemail(voicemail: str) -> Rule:
    answer = Voicemail(voicemail)
    match answer:
        case Voicemail.FULL:
            return Rule("", _("You may leave a message that says who is calling and why."))
        case Voicemail.CALLBACK_ONLY:
            return Rule(
                _("Do not say who we are or why you call."),
                _("Leave only your first name and a number to call back."),
            )
        case Voicemail.NONE:
            return Rule(_("No message. Hang up."), _("They allowed no voicemail."))
    assert_never(answer)
