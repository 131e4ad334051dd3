"""Which number the phone of a caller may show, and when it is withheld."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext

from contact.models import CallerId
from contact.records.desk.caller_ids import ShownNumber, hides_number
from contact.records.enums import Announce

from .safe_call import Consent, Instruction


class NumberToShow(NamedTuple):
    """`told` are the numbers that visitors read of."""

    instruction: Instruction
    told: tuple[ShownNumber, ...]


def number_to_show(consent: Consent, *, is_shared: bool) -> NumberToShow:
    """`is_shared`: somebody else asked for a call on the same line."""
    if hides_number(consent.announce, consent.voicemail):
        why = gettext(
            "They allowed no message, and nobody else to learn who calls: the phone’s list of "
            "calls would tell."
        )
    elif is_shared and consent.announce == Announce.NO:
        why = gettext(
            "Others use this line, and may not learn who calls: the phone’s list of calls would "
            "tell."
        )
    else:
        return NumberToShow(Instruction("", gettext("It may show.")), CallerId.objects.shown())
    return NumberToShow(Instruction(gettext("Withhold it (*67 on most US phones)."), why), ())
