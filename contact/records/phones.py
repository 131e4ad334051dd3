"""Phone numbers: reads any way of writing one, stores E.164."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import phonenumbers
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType

from .phone_reading.leftovers import split_extension
from .phone_reading.numbers import is_valid as is_in_use
from .phone_reading.questions import national
from .phone_reading.reading import read_number

__all__ = [
    "DOMESTIC", "Phone", "concerns", "dial", "is_in_use", "national", "parse_phone",
    "split_extension", "validate_dial",
]  # fmt: skip

validate_dial = RegexValidator(r"^\+?[0-9]{3,15}$", _("Only digits, with a + in front if needed."))

# 555-0100 to 555-0199 are kept for films; area codes never begin with 0 or 1.
FICTITIOUS = re.compile(r"\+1(?:\d{3}55501\d{2}|[01]\d{9})")
# Codes of the ITU for satellite phones: Inmarsat, global mobile satellite systems, EMSAT, Thuraya.
SATELLITE_CODES = ("+870", "+881", "+88213", "+88216")
DOMESTIC = re.compile(r"(?<!\d)(?:\+?1\W?)?\(?(\d{3})\W{0,2}(\d{3})\W?(\d{4})(?!\d)")


class Phone(NamedTuple):
    e164: str
    extension: str = ""


def parse_phone(text: str) -> Phone:
    """Parse a number as people write it.

    Raise a ValidationError that says how to correct it, or asks where two readings exist.
    """
    own = dial(settings.SITE_PHONE)
    return Phone(*read_number(text, own))


def concerns(e164: str) -> list[Any]:
    """Return what staff should know before they dial: sentences, none for a usual number."""
    if e164 == dial(settings.SITE_PHONE):
        return [_("This is our own number.")]
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return []
    kind = phonenumbers.number_type(number)
    found: list[Any] = []
    if FICTITIOUS.fullmatch(e164) or len(set(e164[-7:])) == 1:
        found.append(_("No real number looks like this one: it may be made up."))
    if kind == PhoneNumberType.PREMIUM_RATE:
        found.append(_("A premium number: calls to it cost extra."))
    if e164.startswith(SATELLITE_CODES):
        found.append(_("A satellite phone: calls to it cost a lot."))
    elif kind == PhoneNumberType.UNKNOWN and not found:
        found.append(_("As far as we know, no phone company has given out this number."))
    return found


def dial(phone: str) -> str:
    """Return the centre's number from the settings in the form of a `tel:` link."""
    digits = re.sub(r"\D", "", phone)
    return f"+{digits}" if len(digits) > 10 else f"+1{digits}"
