"""Words of a text in the form in which patterns are compared with them."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# The apostrophes of keyboards, phones and word processors. NFKD turns some into spaces.
APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛ʼʹ′`´＇"))
# Signs within a word stand for letters: su!cide, k*ll.
WORD_WITH_SIGNS = re.compile(r"[^\W_]+(?:[@$!*|]+[^\W_]+)*")
PART_OF_WORD = re.compile(r"[^\W_]+")
WRITTEN_PAUSE = re.compile(r"\.{2,}")
SENTENCE_END = re.compile(r"[.!?\n¡¿]")
CLAUSE_END = re.compile(r"[,;:()–—]|\s-+\s|\.{2,}")
LETTERS = str.maketrans("013457@$!|", "oieastasil")


class Token(NamedTuple):
    """A word, and the numbers of the sentence and the clause that it stands in."""

    word: str
    written: str
    sentence: int
    clause: int


def without_accents(text: str) -> str:
    """Return the text in lower case, without apostrophes, accents and invisible characters."""
    text = text.translate(APOSTROPHES)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))


def tokens_of(text: str) -> list[Token]:
    tokens: list[Token] = []
    text, end, sentence, clause = without_accents(text), 0, 0, 0
    for found in WORD_WITH_SIGNS.finditer(text):
        between = text[end : found.start()]
        if len(between) > 1:
            sentence += bool(SENTENCE_END.search(WRITTEN_PAUSE.sub(" ", between)))
            clause += bool(CLAUSE_END.search(between))
        elif between in ("\n", ".", "!", "?"):
            sentence += 1
        elif between in (",", ";", ":", "(", ")"):
            clause += 1
        tokens.append(Token(found[0], found[0], sentence, clause + sentence))
        end = found.end()
    return tokens


def with_letters_for_digits(word: str) -> str:
    """Return `k1ll` as `kill`; a `*` stays, for any letter."""
    return word.translate(LETTERS)


def collapsed(word: str) -> str:
    """Return the word with each repeated letter once: `kiill` as `kil`."""
    return re.sub(r"(.)\1+", r"\1", word)


def is_within(one: str, other: str, most: int) -> bool:
    """Whether at most so many letters were left out, added, changed or swapped (Damerau)."""
    if abs(len(one) - len(other)) > most:
        return False
    if most == 1:
        return _is_one_off(one, other)
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, there in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1] <= most


def _is_one_off(one: str, other: str) -> bool:
    start, end, shortest = 0, 0, min(len(one), len(other))
    while start < shortest and one[start] == other[start]:
        start += 1
    while end < shortest - start and one[-1 - end] == other[-1 - end]:
        end += 1
    rest, other_rest = one[start : len(one) - end], other[start : len(other) - end]
    is_swap = len(rest) == 2 and rest == other_rest[::-1]
    return is_swap or (len(rest) <= 1 and len(other_rest) <= 1)
