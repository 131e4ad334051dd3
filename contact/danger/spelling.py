"""Ways of writing that mean other words: `kms`, `wanna`, `can't`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from .patterns import PatternError
from .words import PART_OF_WORD, Token, without_accents

MOST_SPELLING_WORDS = 4
SHORTEST_RUN_TOGETHER = 6


class Spelling:
    def __init__(self) -> None:
        self._meant: dict[tuple[str, ...], list[str]] = {}
        # The words with which they begin, and how many the longest of them has.
        self._longest: dict[str, int] = {}
        self.words: set[str] = set()

    def add(self, row: str) -> None:
        """Add `how it is written, and also = what it means`. Raises PatternError."""
        written, meant = split_definition(row, "=")
        words = PART_OF_WORD.findall(without_accents(meant))
        if not words:
            raise PatternError(gettext("Say in words what it means."))
        for each in written.split(","):
            key = tuple(PART_OF_WORD.findall(without_accents(each)))
            if key and len(key) <= MOST_SPELLING_WORDS:
                self._meant[key] = words
                self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))
                self.words.update(key)
        self.words.update(words)

    def respell(self, words: list[str]) -> list[str]:
        return [token.word for token in self.respelled([Token(w, w, 0, 0) for w in words])]

    def respelled(self, tokens: Sequence[Token]) -> list[Token]:
        """Return the tokens with what they mean in place of what was written."""
        result: list[Token] = []
        at = 0
        while at < len(tokens):
            longest = self._longest.get(tokens[at].word, 0)
            for size in range(min(longest, len(tokens) - at), 0, -1):
                group = tokens[at : at + size]
                meant = self._meant.get(tuple(token.word for token in group))
                if meant is not None:
                    first = group[0]
                    written = [" ".join(token.written for token in group), *[""] * len(meant)]
                    result += [
                        Token(word, text, first.sentence, first.clause)
                        for word, text in zip(meant, written, strict=False)
                    ]
                    at += size
                    break
            else:
                result.append(tokens[at])
                at += 1
        return result


def split_definition(row: str, sign: str) -> tuple[str, str]:
    """Return both sides of a row such as `name: words`. Raises PatternError."""
    left, found, right = row.partition(sign)
    if not found or not left.strip() or not right.strip():
        raise PatternError(gettext("Write it with one “%s” in the middle.") % sign)
    return left.strip(), right.strip()
