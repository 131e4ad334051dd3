"""Finding names that are nearly the same without being able to read them."""

from __future__ import annotations

import re
import unicodedata

import jellyfish

from .encryption import keyed_hash

PARTS = 2


def name_index(name: str) -> str:
    """Stands for how a name sounds: Jon Smith and John  Smyth are one. Empty for a first name
    alone, which too many people share."""
    sounds = sorted(filter(None, (_sound(part) for part in _parts(name))))
    if len(sounds) < PARTS:
        return ""
    return keyed_hash("name index", " ".join(sounds)).hex()


def _parts(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    return [part for part in re.split(r"[\W\d_]+", letters) if len(part) > 1]


def _sound(part: str) -> str:
    """The metaphone of a Latin name; another script stands for itself."""
    return jellyfish.metaphone(part) if part.isascii() else part
