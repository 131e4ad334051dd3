"""Blind indexes of names: find names that sound alike without decrypting them."""

from __future__ import annotations

import re
import unicodedata

import jellyfish

from contact.privacy.keys import IndexKey, Purpose, keyed_hash

MIN_PARTS = 2


def name_index(name: str) -> str:
    """Return a keyed hash of how a name sounds: Jon Smith and John  Smyth have the same one.

    It is empty for a first name alone, which too many people share.
    """
    sounds = sorted(filter(None, (_sound(part) for part in _parts(name))))
    if len(sounds) < MIN_PARTS:
        return ""
    return keyed_hash(Purpose.NAMES, "name index", " ".join(sounds)).hex()


def name_sounds(name: str, key: IndexKey | None = None) -> set[str]:
    """Return a keyed hash for each word of a name, of how it sounds."""
    sounds = {_sound(part) or part for part in _parts(name)}
    return {keyed_hash(Purpose.NAMES, "name word", sound, key).hex() for sound in sounds}


def _parts(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    return [part for part in re.split(r"[\W\d_]+", letters) if len(part) > 1]


def _sound(part: str) -> str:
    """Return the metaphone of a Latin name, and any other script as it is."""
    return jellyfish.metaphone(part) if part.isascii() else part
