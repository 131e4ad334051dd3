"""Whether a word is another one with its spelling mended, and can mean nothing else.

In doubt it is not: known words are never taken for misspelt ones, nor is anything that says how
much, when or whether. The known words are those that the site's own texts use.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jellyfish

MOST_CHANGED_LETTERS = 2
SHORT_WORD = 4  # letters, up to which one changed letter is the most
_spelt_in_letters = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_dash = re.compile(r"[\u2010\u2011]")
# One in front of a word, or behind it, makes another word.
PREFIXES = ("un", "in", "im", "il", "ir", "a", "an", "de", "re")
ENDINGS = ("s", "es", "d", "ed", "r", "er", "n", "en", "y", "ly", "'s", "'t")


class SpellingWords(NamedTuple):
    known: frozenset[str]
    guarded: frozenset[str]
    # What a misspelt word must not be closer to than to its correction.
    alluring: frozenset[str]


@cache
def spelling_words() -> SpellingWords:
    here = Path(__file__).parent
    lists = tomllib.loads((here / "spelling.toml").read_text("utf-8"))
    negations, guarded, medicines = (
        frozenset(lists[name].split()) for name in ("negations", "guarded", "medicines")
    )
    known = frozenset((here / "known_words.txt").read_text("utf-8").split())
    return SpellingWords(known | medicines, guarded | negations, negations | medicines)


def is_spelling_of(old: str, new: str) -> bool:
    """Whether `new` is `old` with its spelling mended; both are single words."""
    one, other = _plain(old), _plain(new)
    if one == other:
        return True
    if not (_spelt_in_letters.fullmatch(one) and _spelt_in_letters.fullmatch(other)):
        return False
    parts, new_parts = one.split("-"), other.split("-")
    pairs = list(zip(parts, new_parts, strict=False))
    changed = [(before, after) for before, after in pairs if before != after]
    return len(parts) == len(new_parts) and len(changed) == 1 and _is_mended(*changed[0])


def _plain(word: str) -> str:
    return _dash.sub("-", word.replace("’", "'"))


def _is_mended(old: str, new: str) -> bool:
    words = spelling_words()
    if old[1:] != old[1:].lower() or new[1:] != new[1:].lower():
        return False  # AIDS, mL
    old, new = old.lower(), new.lower()
    if old in words.guarded or new in words.guarded:
        return False
    if old == new:
        return True
    if old in words.known and new in words.known:
        return False
    return not _differ_by_affix(old, new) and _is_near(old, new)


def _differ_by_affix(old: str, new: str) -> bool:
    short, long = sorted((old, new), key=len)
    return any(long == prefix + short for prefix in PREFIXES) or any(
        long == short + ending for ending in ENDINGS
    )


def _is_near(old: str, new: str) -> bool:
    if len(old) == 1 or len(new) == 1:
        return False
    most = MOST_CHANGED_LETTERS if min(len(old), len(new)) > SHORT_WORD else 1
    changed = jellyfish.damerau_levenshtein_distance(old, new)
    others = spelling_words().alluring - {new}
    return changed <= most and all(
        jellyfish.damerau_levenshtein_distance(old, other) > changed for other in others
    )
