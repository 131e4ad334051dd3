"""Words that speak for or against danger, each with points; only their sum decides.

A sign is a word or up to three words side by side. A row of signs is written with commas between
them: `rope, not breath*, @took @pills`; lists, stems and numbers as in patterns.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext

from .numbers import number_signs
from .patterns import SHORTEST_STEM, PatternError
from .words import Token, without_accents

MOST_SIGN_WORDS = 3
PART_OF_SIGN = re.compile(r"#year|##?|@[^\W_]+|[^\W_]+\*?")
SignLists = Mapping[str, frozenset[str]]


class Sign(NamedTuple):
    """A sign found in a text, and its points: below zero if it speaks against danger."""

    sign: str
    points: int
    language: str


class Signs:
    def __init__(self, lists: SignLists) -> None:
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        for name, words in sorted(lists.items()):
            for word in words:
                self._names[word].append(f"@{name}")
        # Points by how many words the sign has, and the beginnings of longer signs.
        self._signs: list[dict[str, Sign]] = [{} for _size in range(MOST_SIGN_WORDS)]
        self._beginnings: list[set[str]] = [set() for _size in range(MOST_SIGN_WORDS)]
        self._stems: defaultdict[int, set[str]] = defaultdict(set)
        self.words: set[str] = set()

    def add(self, signs: str, points: int, language: str) -> None:
        """Add a row of signs; one that can't be read is left out."""
        for parts in map(parts_of, signs.split(",")):
            if not 1 <= len(parts) <= MOST_SIGN_WORDS:
                continue
            sign = " ".join(parts)
            self._signs[len(parts) - 1][sign] = Sign(sign, points, language)
            for size in range(1, len(parts)):
                self._beginnings[size - 1].add(" ".join(parts[:size]))
            for part in parts:
                if part.endswith("*"):
                    self._stems[len(part) - 1].add(part)
                elif part[0] not in "@#":
                    self.words.add(part)

    def places(
        self, tokens: Sequence[Token], meant: Callable[[str], Iterable[str]]
    ) -> list[tuple[int, Sign]]:
        """Return each sign with the number of its first word.

        `meant` names the words of which an unknown one may be a typo.
        """
        known: dict[str, list[str]] = {}
        for token in tokens:
            if token.word not in known:
                known[token.word] = self.forms(token.word, meant)
        forms = [known[token.word] for token in tokens]
        return [(at, sign) for at in range(len(forms)) for sign in self._at(at, forms)]

    def _at(self, at: int, forms: list[list[str]]) -> Iterator[Sign]:
        begun = [""]
        for size in range(min(MOST_SIGN_WORDS, len(forms) - at)):
            longer = []
            for before in begun:
                for form in forms[at + size]:
                    words = f"{before} {form}" if before else form
                    if sign := self._signs[size].get(words):
                        yield sign
                    if words in self._beginnings[size]:
                        longer.append(words)
            begun = longer

    def forms(self, word: str, meant: Callable[[str], Iterable[str]]) -> list[str]:
        """Return what may stand for a word in a sign: itself, its stems, lists and numbers."""
        forms = dict.fromkeys((word, *self._forms(word)))
        for other in meant(word):
            forms |= dict.fromkeys((other, *self._forms(other)))
        return list(forms)

    def _forms(self, word: str) -> Iterator[str]:
        yield from number_signs(word)
        for length, stems in self._stems.items():
            if length < len(word) and (stem := f"{word[:length]}*") in stems:
                yield stem
        yield from self._names.get(word, ())


def parts_of(sign: str) -> list[str]:
    return PART_OF_SIGN.findall(without_accents(sign))


def check(signs: str, lists: SignLists) -> None:
    """Raises PatternError if a row of signs can't be read."""
    for sign in signs.split(","):
        parts = parts_of(sign)
        if not parts:
            raise PatternError(gettext("Write words with commas between them."))
        if len(parts) > MOST_SIGN_WORDS:
            raise PatternError(gettext("“%s” has more than three words.") % sign.strip())
        for part in parts:
            if part.startswith("@") and part[1:] not in lists:
                raise PatternError(gettext("There is no list “%s”.") % part[1:])
            if part.endswith("*") and len(part) <= SHORTEST_STEM:
                raise PatternError(gettext("Give three letters or more before the *."))
