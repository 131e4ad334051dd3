"""Searches by phone number, kept out of addresses, logs and browser histories.

The address of a result holds the searched words sealed for the one account that
searched; a reference is no secret and stays readable.
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from contact.models import phone_index
from contact.privacy.encryption import DecryptionError, seal, unseal
from contact.records import phones, references
from contact.records.clean_text import strip_control_characters

PREFIX = "~"
LONGEST = 200
SEALED = re.compile(rf"{PREFIX}[A-Za-z0-9_=-]{{1,1200}}", re.ASCII)


def sealed(term: str, account: Any) -> str:
    """What stands for `term` in an address."""
    term = _tidy(term)
    if references.is_reference(term):
        return references.display(references.normalise(term))
    return PREFIX + base64.urlsafe_b64encode(seal(term, _place(account))).decode()


def is_sealed(term: str) -> bool:
    """Whether `term`, as it stands in an address, is as `sealed` makes them."""
    if references.is_reference(term):
        return term == references.display(references.normalise(term))
    return bool(SEALED.fullmatch(term))


def opened(term: str, account: Any) -> str:
    """The searched words; empty if they were sealed for someone else or not by us."""
    if not term.startswith(PREFIX):
        return _tidy(term)
    try:
        token = base64.urlsafe_b64decode(term.removeprefix(PREFIX))
        return _tidy(unseal(token, _place(account)))
    except (DecryptionError, binascii.Error, ValueError):
        return ""


def wanted(term: str) -> Q | None:
    """The request with this reference or those with this number; None if it is neither."""
    found = Q()
    if references.is_reference(term):
        found |= Q(reference=references.normalise(term))
    with suppress(ValidationError):
        found |= Q(phone_index=phone_index(phones.parse(term).e164))
    return found or None


def _tidy(term: str) -> str:
    return strip_control_characters(term).strip()[:LONGEST]


def _place(account: Any) -> str:
    return f"search/{account.pk}"
