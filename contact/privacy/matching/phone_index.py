"""Blind indexes of phone numbers: match numbers and lines without decrypting them."""

from __future__ import annotations

from contact.privacy.keys import IndexKey, Purpose, keyed_hash

LAST_DIGITS = 4


def phone_index(e164: str, key: IndexKey | None = None) -> str:
    """Return the keyed hash (blind index) of a phone number."""
    return keyed_hash(Purpose.PHONES, "phone index", e164, key).hex() if e164 else ""


def line_index(e164: str, extension: str, key: IndexKey | None = None) -> str:
    """Return the keyed hash of a line: a phone number with its extension."""
    if not e164 or not extension:
        return phone_index(e164, key)
    return keyed_hash(Purpose.PHONES, "line index", f"{e164};ext={extension}", key).hex()


def last_digits_index(digits: str, key: IndexKey | None = None) -> str:
    """Return the keyed hash of a number's last four digits."""
    return keyed_hash(Purpose.PHONES, "last digits index", digits[-LAST_DIGITS:], key).hex()
