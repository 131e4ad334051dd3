"""Searched words in addresses: neither name nor number may stand in a log or a history.

The words are encrypted for the one account that searched. A reference is no secret and stays
readable.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from contact.privacy.encryption import DecryptionError, seal, unseal
from contact.records.clean_text import strip_control_characters
from contact.records.requests import references

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


def clean_term(term: str) -> str:
    return strip_control_characters(term).strip()[:MAX_TERM_LENGTH]


def _associated_data(account: Any) -> str:
    return f"search/{account.pk}"
