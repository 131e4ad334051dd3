"""A key of its own for each purpose, derived (HKDF, RFC 5869) from INDEX_KEY or SECRET_KEY.

What the database or files keep for long is hashed under INDEX_KEY: the newest for what is written,
older ones for what is not written anew yet. What lasts minutes to hours, and what a process without
those keys needs too, is under SECRET_KEY. FIELD_KEYS seal words, and nothing is derived from them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_ID_BYTES = 4


class Purpose(StrEnum):
    """What hashes under INDEX_KEY are for. Values are part of the derivation: they never change."""

    PHONES = "phone index"
    NAMES = "name index"
    AUDIT = "audit trail"
    SAFETY = "safety of a call"
    ENDINGS = "endings in the journal"
    LIKENESS = "likeness of texts"
    SIGN_IN = "brakes and codes of the log-in"
    HANDOVERS = "handovers"
    MARKER = "key marker"


class ShortLived(StrEnum):
    """What is under SECRET_KEY. Values are part of the derivation."""

    FORMS = "forms and their journal entries"
    CODE_WORDS = "code words"
    THROTTLE = "counters of posts"
    SEARCHES = "words searched in vain"
    TOKENS = "tokens in addresses and forms"
    SESSIONS = "staff sessions"


class OtherKeys(Exception):
    """The database was written with other keys; the message says which, and what to do."""


class IndexKey(NamedTuple):
    """One of INDEX_KEY. `is_derived` is False for the way of earlier releases: itself for all."""

    secret: bytes
    is_derived: bool = True

    def of(self, purpose: Purpose) -> bytes:
        return derive(self.secret, purpose) if self.is_derived else self.secret

    def hash(self, purpose: Purpose, label: str, value: str) -> bytes:
        return labelled_hash(self.of(purpose), label, value)

    @property
    def id(self) -> str:
        """Tells keys apart, and nothing else of them."""
        return self.hash(Purpose.MARKER, "key marker", "id of INDEX_KEY").hex()[:16]


def decode_key(text: str) -> bytes:
    """Return the 32 bytes of a base64 key; raise ValueError for any other text."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("it is not base64") from None
    if len(key) != 32:
        raise ValueError(f"it has {len(key)} bytes instead of 32")
    return key


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]


@lru_cache(maxsize=64)
def derive(secret: bytes, purpose: str) -> bytes:
    info = f"desert bloom/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def labelled_hash(key: bytes, label: str, value: str) -> bytes:
    """HMAC-SHA256; hashes of different labels never match."""
    return hmac.digest(key, label.encode() + b"\0" + value.encode(), "sha256")


@lru_cache(maxsize=4)
def _index_keys(texts: tuple[str, ...]) -> tuple[IndexKey, ...]:
    secrets = [decode_key(text) for text in texts]
    ways = (True, False)
    return tuple(IndexKey(secret, is_derived) for is_derived in ways for secret in secrets)


def index_keys() -> tuple[IndexKey, ...]:
    """All that can be made of INDEX_KEY, the newest first, the ways of earlier releases last."""
    return _index_keys(tuple(settings.INDEX_KEYS))


def newest_index_key() -> IndexKey:
    return index_keys()[0]


def keyed_hash(purpose: Purpose, label: str, value: str, key: IndexKey | None = None) -> bytes:
    """The hash of `value` under the newest of INDEX_KEY, or another one of them."""
    return (key or newest_index_key()).hash(purpose, label, value)


def short_lived_key(purpose: ShortLived) -> bytes:
    return derive(settings.SECRET_KEY.encode(), purpose)


def short_lived_hash(purpose: ShortLived, label: str, value: str) -> bytes:
    return labelled_hash(short_lived_key(purpose), label, value)
