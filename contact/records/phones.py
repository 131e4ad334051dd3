"""Phone numbers: reads any way of writing one, stores E.164."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from phonenumbers import (
    Leniency,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    ValidationResult,
)

REGION = "US"
# Non-breaking hyphens keep the number on one line.
EXAMPLE = _("Write it with its area code, for example 602\u2011555\u20110123.")

validate_dial = RegexValidator(r"^\+?[0-9]{3,15}$", _("Only digits, with a + in front if needed."))

# 1-800-FLOWERS: an area code first, then letters instead of digits.
VANITY = re.compile(r"\+?1?\W*\d{3}\W*[A-Z0-9][A-Z0-9 .\-]*", re.IGNORECASE)
# In English, Spanish, Portuguese and French.
EXTENSION = re.compile(
    r"[\s,;.(]*(?:;ext=|extensi[oó]n|exten|ext|xtn?|x|#|\b(?:anexo|interno|int|poste|ramal))"
    r"(?:[\s.]*(?:no|n[uú]m|n[uú]mero|number)\b)?[\s.:#]*(\d{1,7})\)?\W*$",
    re.IGNORECASE,
)
LETTER = r"[^\W\d_]"
# The letter O typed for a zero. Between spaces it is a Spanish "or".
LETTER_O = re.compile(rf"(?<=\d)[oO]+(?!{LETTER})|(?<!{LETTER})[oO]+(?=\d)")
GARBLED = re.compile(rf"\d-?{LETTER}|{LETTER}-?\d")
# Until 2019, Mexican mobiles were written with a 1 after the country code.
OLD_MEXICAN_MOBILE = re.compile(r"^(\D*(?:011\D*|00\D*)?52\D*)1\D*(?=(?:\d\D*){10}$)")
GROUPED_AS_HERE = re.compile(r"\+\W*\d{3}\W+\d{3}\W+\d{4}")
# 555-0100 to 555-0199 are kept for films; area codes never begin with 0 or 1.
FICTITIOUS = re.compile(r"\+1(?:\d{3}55501\d{2}|[01]\d{9})")
# Country codes of the ITU for satellite phones: Inmarsat, global mobile satellite systems.
SATELLITE_CODES = {870, 881}
DOMESTIC = re.compile(r"(?<!\d)(?:\+?1\W?)?\(?(\d{3})\W{0,2}(\d{3})\W?(\d{4})(?!\d)")


class Phone(NamedTuple):
    e164: str
    extension: str = ""


def parse(text: str) -> Phone:
    """Parse a number as people write it.

    Raise a ValidationError that says how to correct it, or asks where two readings exist.
    """
    text = _plain(text)
    number, extension = split_extension(text)
    digits = re.sub(r"\D", "", number)
    has_letters = any(character.isalpha() for character in number)
    _require_one_country(number, digits)
    if not has_letters or (VANITY.fullmatch(number) and len(digits.removeprefix("1")) < 7):
        number = OLD_MEXICAN_MOBILE.sub(r"\1", number)
        if found := _possible(number) or (None if has_letters else _possible(digits)):
            return Phone(_e164(found), extension or found.extension or "")
        international = OLD_MEXICAN_MOBILE.sub(r"\1", f"+{digits}")
        found = _possible(international) if len(digits) > 11 else None
        if found and phonenumbers.is_valid_number(found):
            return Phone(_e164(found), extension)
    # Words around a number.
    found_here = {
        _e164(match.number): match.number.extension or extension
        for match in PhoneNumberMatcher(text, REGION, leniency=Leniency.POSSIBLE)
        if _is_possible(match.number)
    } or {f"+1{''.join(groups)}": extension for groups in DOMESTIC.findall(text)}
    if len(found_here) > 1:
        raise ValidationError(_which_one(list(found_here)), code="phone")
    for e164, found_extension in found_here.items():
        return Phone(e164, found_extension)
    raise ValidationError(_problem(number), code="phone")


def _which_one(numbers: list[str]) -> str:
    first, second = (national(e164).replace(" ", "\u00a0") for e164 in numbers[:2])
    return _(
        "There are two numbers here: %(first)s and %(second)s. Write only the one we should call; "
        "the other can go into your message."
    ) % {"first": first, "second": second}


def _require_one_country(number: str, digits: str) -> None:
    """Ask when a plus before ten digits may be a slip: a US number, or another country's."""
    if not number.lstrip().startswith("+") or len(digits) != 10:
        return
    abroad, here = _possible(f"+{digits}"), _possible(f"+1{digits}")
    if here is None or not phonenumbers.is_valid_number(here):
        return
    is_grouped_as_here = bool(GROUPED_AS_HERE.fullmatch(number.strip()))
    if is_grouped_as_here or abroad is None or not phonenumbers.is_valid_number(abroad):
        domestic = national(_e164(here)).replace(" ", "\u00a0")
        raise ValidationError(
            _(
                "Is it the US number %(number)s? Then leave out the +. For a number in another "
                "country, write 011 in front instead of the +."
            )
            % {"number": domestic},
            code="phone",
        )


def is_in_use(e164: str) -> bool:
    """Return whether, as far as we know, a phone company has given out numbers like this one."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


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
    if number.country_code in SATELLITE_CODES:
        found.append(_("A satellite phone: calls to it cost a lot."))
    elif kind == PhoneNumberType.UNKNOWN and not found:
        found.append(_("As far as we know, no phone company has given out this number."))
    return found


def doubt(e164: str) -> str:
    """Return what to ask whoever gives this number; empty for a usual one."""
    if not (found := concerns(e164)):
        return ""
    return " ".join([*map(str, found), str(_("Ask them to repeat it, then tick this."))])


def dial(phone: str) -> str:
    """Return the centre's number from the settings in the form of a `tel:` link."""
    digits = re.sub(r"\D", "", phone)
    return f"+{digits}" if len(digits) > 10 else f"+1{digits}"


def national(e164: str) -> str:
    """Format a number for staff; return it unchanged if it can't be parsed."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    domestic = number.country_code == phonenumbers.country_code_for_region(REGION)
    style = PhoneNumberFormat.NATIONAL if domestic else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _plain(text: str) -> str:
    """Normalise digits, dashes and spaces; remove invisible characters and `tel:`."""
    text = unicodedata.normalize("NFKC", text)
    characters = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Nd":
            character = str(unicodedata.digit(character))
        elif category == "Pd" or character in "\u2212\u30fc":
            character = "-"
        elif category in ("Zs", "Cc"):
            character = " "
        elif category in ("Cf", "Cs", "Mn"):
            continue
        characters.append(character)
    text = LETTER_O.sub(lambda found: "0" * len(found[0]), "".join(characters).strip())
    return re.sub(r"^(?:tel|phone|sms):\s*(?://)?", "", text, flags=re.IGNORECASE)


def split_extension(text: str) -> tuple[str, str]:
    """Return a written number without its extension, and the extension."""
    if match := EXTENSION.search(text):
        return text[: match.start()], match[1]
    return text, ""


def _possible(text: str) -> phonenumbers.PhoneNumber | None:
    """Return the number if its length can be dialed, whether or not it is in use."""
    text = re.sub(r"^\D*00\s*(?=[1-9])", "+", text)
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if _is_possible(number) else None


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether it can be dialed from anywhere; seven local digits can't."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == ValidationResult.IS_POSSIBLE)


def _problem(text: str) -> str:
    digits = len(re.sub(r"\D", "", text))
    example = {"example": EXAMPLE}
    if GARBLED.search(text) or (not digits and re.search(LETTER, text)):
        return _("Use digits only. %(example)s") % example
    if digits in (7, 8):
        return _("The area code is missing. %(example)s") % example
    if not digits:
        return _("There are no digits in it. %(example)s") % example
    if number := _after_a_zero(text):
        return _("Is it the US number %(number)s? Then leave out the 0 in front.") % {
            "number": national(number).replace(" ", "\u00a0")
        }
    if digits < 10:
        return _("Some digits are missing. %(example)s") % example
    if digits > 10:
        return (
            _(
                "There seem to be too many digits. %(example)s "
                "For a number outside the US, start with + and the country code."
            )
            % example
        )
    return (
        _(
            "We can't read one phone number in it. %(example)s "
            "For a number outside the US, start with + and the country code."
        )
        % example
    )


def _after_a_zero(text: str) -> str:
    """Return the US number after a zero that nobody dials; empty if there is none."""
    digits = re.sub(r"\D", "", text)
    found = _possible(f"+1{digits[1:]}") if len(digits) == 11 and digits[0] == "0" else None
    return _e164(found) if found and phonenumbers.is_valid_number(found) else ""


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
