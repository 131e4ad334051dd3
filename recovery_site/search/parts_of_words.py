"""Words that visitors write as one or with digits: what they may be made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORTEST_COMPOUND, SHORTEST_PART = 6, 3
# In shorter words, digits are digits: m30, 12th, p2p.
LEAST_MIXED, LIKE_LETTERS = 5, str.maketrans("013457", "oleast")
# Words that are often written together with the next one, of at least so many letters. They say
# much: with the nearest word alone, "noinsurance" would ask for insurance.
SMALL_WORDS, LEAST_AFTER = ("no", "my", "the", "how", "what", "with", "your"), 5


def halves(word: str) -> Iterator[tuple[str, str]]:
    if len(word) >= SHORTEST_COMPOUND and word.isalpha():
        for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            yield word[:at], word[at:]


def split(word: str, known: frozenset[str]) -> list[str]:
    for first, second in halves(word):
        if first in known and second in known:
            return [first, second]
    return []


def after_small_word(word: str) -> Iterator[tuple[str, str]]:
    for small in SMALL_WORDS:
        if word.startswith(small) and len(word) - len(small) >= LEAST_AFTER:
            yield small, word.removeprefix(small)


def apart(word: str, known: frozenset[str]) -> list[str]:
    return next(([*parts] for parts in after_small_word(word) if parts[1] in known), [])


def runs(word: str) -> list[str]:
    """Letters and digits apart: 12step."""
    return re.findall(r"\d+|\D+", word)


def with_letters(word: str) -> str:
    """A word with digits for letters that look like them: subox0ne."""
    return word.translate(LIKE_LETTERS) if word[:1].isalpha() and len(word) >= LEAST_MIXED else word
