"""Two neutral words by which our caller and the person called know each other.

We say the first, they answer with the second. A pair is stored as its number. The rows of
`code_words.csv` never change or move, because stored numbers point at them: new ones are added at
the end.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from contact.privacy.keys import ShortLived, short_lived_hash
from contact.records.enums import Language

WORDS_FILE = Path(__file__).with_name("code_words.csv")
# A number is this many times the row of the first word, plus the row of the second.
PAIRS = 4096
# Pairs that are tried for an entry before it gets none.
CANDIDATES = 64


class CodeWords(NamedTuple):
    """`first` is said by us, `second` by whoever is called."""

    first: str
    second: str


@cache
def code_words_of(language: str) -> tuple[str, ...]:
    """Return the list in English or Spanish, each word at the same place in both."""
    with WORDS_FILE.open(newline="", encoding="utf-8") as file:
        return tuple(row[language] for row in csv.DictReader(file))


def code_words(number: int | None, language: str) -> CodeWords | None:
    """Return the pair in this language, in English if we do not write it; None without one."""
    listed = code_words_of(Language.SPANISH if language == Language.SPANISH else Language.ENGLISH)
    first, second = divmod(-1 if number is None else number, PAIRS)
    if not (0 <= first < len(listed) and second < len(listed)):
        return None
    return CodeWords(listed[first], listed[second])


def code_word_pairs(entry_id: uuid.UUID) -> Iterator[int]:
    """Yield numbers of pairs that nobody derives without SECRET_KEY, always in the same order."""
    count = len(code_words_of(Language.ENGLISH))
    for turn in range(CANDIDATES):
        digest = short_lived_hash(ShortLived.CODE_WORDS, "code words", f"{entry_id}/{turn}")
        first, step = divmod(int.from_bytes(digest[:8]) % (count * (count - 1)), count - 1)
        # Never the first word again.
        yield first * PAIRS + (first + 1 + step) % count
