"""Sealing to a public key (HPKE, RFC 9180): who seals cannot open, not even what it sealed itself.

An envelope is `version (1) · id of the public key (4) · HPKE: encapsulated key (32), AES-256-GCM
ciphertext and tag · checksum (8)`. The checksum tells damage to whoever has no private key; only
the private key tells changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings
from django.core import checks

from .encryption import DecryptionError, MissingKey
from .keys import KEY_ID_BYTES, decode_key, key_id

FORMAT_VERSION = b"\x02"
CHECKSUM_BYTES = 8
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
HOW_TO_MAKE_KEYS = (
    "Make a pair with `python -m recovery_site.environment.make_env_file --journal-keys`."
)


def is_on() -> bool:
    return bool(settings.JOURNAL_PUBLIC_KEY)


def can_open() -> bool:
    return bool(settings.JOURNAL_PRIVATE_KEYS)


def is_envelope(sealed: bytes) -> bool:
    return sealed.startswith(FORMAT_VERSION)


def seal_to_public_key(text: str, associated_data: str) -> bytes:
    public = decode_key(settings.JOURNAL_PUBLIC_KEY)
    header, info = FORMAT_VERSION + key_id(public), associated_data.encode()
    words = SUITE.encrypt(text.encode(), _public_key(public), info=header + info)
    return header + words + _checksum(header + words, info)


def open_envelope(sealed: bytes, associated_data: str) -> str:
    """Decrypt what was sealed with the same `associated_data`. Raises DecryptionError."""
    header, info = sealed[: 1 + KEY_ID_BYTES], associated_data.encode()
    key = _private_keys(tuple(settings.JOURNAL_PRIVATE_KEYS)).get(header[1:])
    if key is None:
        raise MissingKey(header[1:].hex(), "JOURNAL_PRIVATE_KEYS")
    try:
        words = sealed[len(header) : -CHECKSUM_BYTES]
        return SUITE.decrypt(words, key, info=header + info).decode()
    except (InvalidTag, ValueError):
        raise DecryptionError(f"Sealed to key {header[1:].hex()}, but changed since.") from None


def is_whole(sealed: bytes, associated_data: str) -> bool:
    """Whether its bytes are as they were written, as far as that is known without a key."""
    words, checksum = sealed[:-CHECKSUM_BYTES], sealed[-CHECKSUM_BYTES:]
    return checksum == _checksum(words, associated_data.encode())


def is_of_newest_key(sealed: bytes) -> bool:
    newest = settings.JOURNAL_PUBLIC_KEY
    return bool(newest) and sealed[1 : 1 + KEY_ID_BYTES] == key_id(decode_key(newest))


def check_journal_keys(app_configs: Any, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Report a public key to which nobody here could open what is sealed."""
    public, private = settings.JOURNAL_PUBLIC_KEY, settings.JOURNAL_PRIVATE_KEYS
    try:
        opened = _private_keys(tuple(private))
        is_known = not public or key_id(decode_key(public)) in opened or settings.ROLE == "public"
    except ValueError as error:
        message = f"JOURNAL_PUBLIC_KEY or JOURNAL_PRIVATE_KEYS holds an unusable key: {error}."
        return [checks.Error(message, hint=HOW_TO_MAKE_KEYS, id="contact.E003")]
    if not is_known:
        message = "JOURNAL_PUBLIC_KEY belongs to none of JOURNAL_PRIVATE_KEYS."
        return [checks.Error(message, hint=HOW_TO_MAKE_KEYS, id="contact.E003")]
    return []


@lru_cache(maxsize=4)
def _public_key(public: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(public)


@lru_cache(maxsize=4)
def _private_keys(texts: tuple[str, ...]) -> dict[bytes, X25519PrivateKey]:
    keys = [X25519PrivateKey.from_private_bytes(decode_key(text)) for text in texts]
    return {key_id(key.public_key().public_bytes_raw()): key for key in keys}


def _checksum(sealed: bytes, info: bytes) -> bytes:
    return hashlib.sha256(sealed + info).digest()[:CHECKSUM_BYTES]
