"""Encrypted, expiring tokens that carry a page's state through an address or a form.

They last an hour at most, so their key comes from SECRET_KEY: who makes and reads them needs none
of the keys that open requests.
"""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from .encryption import NONCE_BYTES, DecryptionError
from .keys import ShortLived, short_lived_key

# Values are padded to a multiple of it, which hides their length.
PADDED_LENGTH = 252
# Clocks of several machines.
CLOCKS_DIFFER_SECONDS = 300


def encode(associated_data: str, values: dict[str, Any]) -> str:
    stamped = values | {"made_at": int(timezone.now().timestamp())}
    text = json.dumps(stamped, separators=(",", ":"))
    text += " " * (-len(text) % PADDED_LENGTH)
    return base64.urlsafe_b64encode(seal_short(text, associated_data)).decode().rstrip("=")


def decode(token: str, associated_data: str, seconds: int) -> dict[str, Any] | None:
    """Return the values of a token that is at most so many seconds old; None for any other."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        values: dict[str, Any] = json.loads(unseal_short(sealed, associated_data))
    except (DecryptionError, ValueError):
        return None
    age = timezone.now().timestamp() - values.pop("made_at")
    # One from the future was made while some clock was wrong.
    return values if -CLOCKS_DIFFER_SECONDS <= age <= seconds else None


def seal_short(text: str, associated_data: str, purpose: ShortLived = ShortLived.TOKENS) -> bytes:
    """Encrypt what nobody needs once SECRET_KEY has changed."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(short_lived_key(purpose))
    return nonce + cipher.encrypt(nonce, text.encode(), associated_data.encode())


def unseal_short(
    sealed: bytes, associated_data: str, purpose: ShortLived = ShortLived.TOKENS
) -> str:
    """Decrypt what `seal_short` made for the same purpose and data. Raises DecryptionError."""
    nonce, words = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        cipher = AESGCM(short_lived_key(purpose))
        return cipher.decrypt(nonce, words, associated_data.encode()).decode()
    except (InvalidTag, ValueError):
        raise DecryptionError("This was not sealed with the present SECRET_KEY.") from None
