"""Searches by phone number, kept out of addresses, logs and browser histories.

The address of a result holds the searched words sealed for the one account that
searched; a reference is no secret and stays readable.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from . import phones, references
from .encryption import DecryptionError, seal, unseal
from .models import phone_index

PREFIX = "~"


def sealed(term: str, account: Any) -> str:
    """What stands for `term` in an address."""
    if references.is_reference(term):
        return references.display(references.normalise(term))
    return PREFIX + base64.urlsafe_b64encode(seal(term, _place(account))).decode()


def opened(term: str, account: Any) -> str:
    """The searched words; empty if they were sealed for someone else or not by us."""
    if not term.startswith(PREFIX):
        return term
    try:
        return unseal(base64.urlsafe_b64decode(term.removeprefix(PREFIX)), _place(account))
    except (DecryptionError, binascii.Error, ValueError):
        return ""


def index_of(term: str) -> str:
    """The phone index of a number written in any way; raise ValidationError if it is none."""
    return phone_index(phones.parse(term).e164)


def _place(account: Any) -> str:
    return f"search/{account.pk}"
