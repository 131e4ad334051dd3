"""Searched words in addresses: a phone number must not stand in a log or a browser's history.

The words are encrypted for the one account that searched. A reference is no secret and stays
readable.
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
MAX_TERM_LENGTH = 200
TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_=-]{{1,1200}}", re.ASCII)


def encode_term(term: str, account: Any) -> str:
    """The token that stands for `term` in an address."""
    term = clean_term(term)
    if references.is_reference(term):
        return references.display(references.normalise(term))
    token = seal(term, _associated_data(account))
    return PREFIX + base64.urlsafe_b64encode(token).decode()


def is_encoded(text: str) -> bool:
    """Whether `text` has the form of what `encode_term` returns."""
    if references.is_reference(text):
        return text == references.display(references.normalise(text))
    return bool(TOKEN.fullmatch(text))


def decode_term(text: str, account: Any) -> str:
    """The searched words; empty if the token was made for someone else, or not by us."""
    if not text.startswith(PREFIX):
        return clean_term(text)
    try:
        token = base64.urlsafe_b64decode(text.removeprefix(PREFIX))
        return clean_term(unseal(token, _associated_data(account)))
    except (DecryptionError, binascii.Error, ValueError):
        return ""


def condition_for(term: str) -> Q | None:
    """Matches the request with this reference, or those with this number; None for other words."""
    condition = Q()
    if references.is_reference(term):
        condition |= Q(reference=references.normalise(term))
    with suppress(ValidationError):
        condition |= Q(phone_index=phone_index(phones.parse(term).e164))
    return condition or None


def clean_term(term: str) -> str:
    return strip_control_characters(term).strip()[:MAX_TERM_LENGTH]


def _associated_data(account: Any) -> str:
    return f"search/{account.pk}"
