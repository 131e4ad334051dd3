"""Encrypted, expiring tokens that carry a page's state through an address or a form."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.utils import timezone

from .encryption import DecryptionError, seal, unseal

# Values are padded to a multiple of it, which hides their length.
PADDED_LENGTH = 252
# Clocks of several machines.
CLOCKS_DIFFER_SECONDS = 300


def encode(associated_data: str, values: dict[str, Any]) -> str:
    stamped = values | {"made_at": int(timezone.now().timestamp())}
    text = json.dumps(stamped, separators=(",", ":"))
    text += " " * (-len(text) % PADDED_LENGTH)
    return base64.urlsafe_b64encode(seal(text, associated_data)).decode().rstrip("=")


def decode(token: str, associated_data: str, seconds: int) -> dict[str, Any] | None:
    """Return the values of a token that is at most so many seconds old; None for any other."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        values: dict[str, Any] = json.loads(unseal(sealed, associated_data))
    except (DecryptionError, ValueError):
        return None
    age = timezone.now().timestamp() - values.pop("made_at")
    # One from the future was made while some clock was wrong.
    return values if -CLOCKS_DIFFER_SECONDS <= age <= seconds else None
