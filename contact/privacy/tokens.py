"""What a page gives its visitor to bring back: sealed, so that address and form tell nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.utils import timezone

from .encryption import DecryptionError, seal, unseal

# Filled up to it: the length of a token must not tell what it says.
LENGTH = 192


def make(place: str, values: dict[str, Any]) -> str:
    text = json.dumps(values | {"made_at": timezone.now().timestamp()}).ljust(LENGTH)
    return base64.urlsafe_b64encode(seal(text, place)).decode().rstrip("=")


def read(token: str, place: str, seconds: int) -> dict[str, Any] | None:
    """What `make` got for `place` at most so many seconds ago; else None."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        values: dict[str, Any] = json.loads(unseal(sealed, place))
    except (DecryptionError, ValueError):
        return None
    age = timezone.now().timestamp() - values.pop("made_at")
    return values if age <= seconds else None
