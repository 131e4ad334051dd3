"""What the form says to a number that it does not take: a question where two readings exist."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberFormat

# Non-breaking hyphens keep the number on one line.
NUMBER_EXAMPLE = _("Write it with its area code, for example 602\u2011555\u20110123.")
ABROAD = _("For a number outside the US, start with + and the country code.")


def national(e164: str) -> str:
    """Format a number for staff; return it unchanged if it can't be parsed."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    style = PhoneNumberFormat.INTERNATIONAL
    if number.country_code == 1:
        style = PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(number, style)


def _unbroken(e164: str) -> str:
    return national(e164).replace(" ", "\u00a0")


class Unclear(ValidationError):
    """A question back: a human would understand more of it than we may guess."""

    def __init__(self, question: Any) -> None:
        super().__init__(question, code="phone")


class NoNumber(ValidationError):
    """There is no phone number in it."""

    def __init__(self) -> None:
        super().__init__(
            _("This is not a phone number. %(example)s") % {"example": NUMBER_EXAMPLE},
            code="no_phone",
        )


def which_one(first: str, second: str) -> Unclear:
    return Unclear(
        _(
            "There are two numbers here: %(first)s and %(second)s. Write only the one we should "
            "call; the other can go into your message."
        )
        % {"first": _unbroken(first), "second": _unbroken(second)}
    )


def what_else(e164: str, digits: str) -> Unclear:
    return Unclear(
        _(
            "There are more digits here than %(number)s: what is %(digits)s? Write only the number "
            "we should call. Put “ext.” in front of an extension."
        )
        % {"number": _unbroken(e164), "digits": digits}
    )


def which_extension() -> Unclear:
    return Unclear(
        _(
            "We can keep one extension of up to 7 digits, such as “ext. 12”. Write only that one "
            "here; the rest can go into your message."
        )
    )


def ask_if_domestic(e164: str, prefix: str) -> Unclear:
    """Ask about digits behind `prefix`: a plus, or what one dials before a country code."""
    words = {"number": _unbroken(e164), "prefix": prefix}
    if prefix == "+":
        return Unclear(
            _(
                "Is it the US number %(number)s? Then leave out the +. For a number in another "
                "country, write 011 in front instead of the +."
            )
            % words
        )
    return Unclear(
        _("Is it the US number %(number)s? Then leave out the %(prefix)s in front.") % words
        + f" {ABROAD}"
    )


def ask_about_zero(e164: str) -> Unclear:
    return Unclear(
        _("Is it the US number %(number)s? Then leave out the 0 in front.")
        % {"number": _unbroken(e164)}
    )


def which_country(domestic: str, abroad: str) -> Unclear:
    return Unclear(
        _(
            "Is it the US number %(us)s, or %(abroad)s in another country? Write +1 in front of "
            "the first, or +%(code)s in front of the second."
        )
        % {
            "us": _unbroken(domestic),
            "abroad": _unbroken(abroad),
            "code": phonenumbers.parse(abroad).country_code,
        }
    )


def ask_if_abroad(e164: str) -> Unclear:
    return Unclear(
        _("Is it the number %(number)s? Then write it with the + in front.")
        % {"number": _unbroken(e164)}
    )


def impossible(digits: str) -> Unclear:
    return Unclear(
        _("No US phone number looks like %(number)s. Please look at its digits again.")
        % {"number": f"({digits[:3]})\u00a0{digits[3:6]}\u2011{digits[6:]}"}
        + f" {ABROAD}"
    )


def wrong_length_abroad() -> Unclear:
    return Unclear(
        _("It has too many or too few digits for its country. Please look at the digits again.")
    )


def digits_only() -> Unclear:
    return Unclear(_("Use digits only. %(example)s") % {"example": NUMBER_EXAMPLE})


def wrong_length(digits: int) -> Unclear:
    example = {"example": NUMBER_EXAMPLE}
    if digits in (7, 8):
        return Unclear(_("The area code is missing. %(example)s") % example)
    if digits < 10:
        return Unclear(_("Some digits are missing. %(example)s") % example)
    if digits > 10:
        return Unclear(_("There seem to be too many digits. %(example)s") % example + f" {ABROAD}")
    return Unclear(_("We can't read one phone number in it. %(example)s") % example + f" {ABROAD}")
