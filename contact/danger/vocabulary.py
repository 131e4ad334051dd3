"""The words that patterns know, and which of them an unknown word was meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .typos import TypoIndex, without_letters
from .words import collapsed, is_within, with_letters_for_digits

# A word, and the known words of which it may be a typo.
Near = Callable[[str], frozenset[str]]
# Shorter words have too many neighbours that are words themselves.
SHORTEST_WITH_TYPO, SHORTEST_WITH_TWO_TYPOS = 5, 9
LONGEST_TOKEN = 40
# A shorter token is not read as words without spaces between them.
SHORTEST_WITHOUT_SPACES = 6
MOST_PARTS = 8
# Single letters that are words.
SINGLE_LETTERS = frozenset("aiuyo")


class KnownWords:
    def __init__(self, words: Iterable[str], stems: Iterable[str], others: Iterable[str]) -> None:
        """`others` are known, but nothing is taken for their typo."""
        self.words = frozenset(words)
        self.known = self.words | frozenset(others)
        self.stems = frozenset(stems)
        self._stem_lengths = sorted({len(stem) for stem in self.stems})
        lengths = [length for length in self._stem_lengths if length >= SHORTEST_WITH_TYPO]
        self._stem_cuts = sorted({length + by for length in lengths for by in (-1, 0, 1)})
        self._longest = max(map(len, self.known), default=0)
        self._typos = TypoIndex(
            (word, 1 + (len(word) >= SHORTEST_WITH_TWO_TYPOS))
            for word in self.words
            if len(word) >= SHORTEST_WITH_TYPO - 1
        )
        self._typos_of_stems = TypoIndex(
            (stem, 1) for stem in self.stems if len(stem) >= SHORTEST_WITH_TYPO
        )
        self._collapsed: dict[str, tuple[str, ...]] = {}
        for word in self.words:
            if len(word) >= 3:
                short = collapsed(word)
                self._collapsed[short] = (*self._collapsed.get(short, ()), word)

    def stems_of(self, word: str) -> Iterator[str]:
        for length in self._stem_lengths:
            if length > len(word):
                break
            if word[:length] in self.stems:
                yield word[:length]

    def is_known(self, word: str) -> bool:
        return word in self.known or any(True for _stem in self.stems_of(word))

    def meant(self, token: str, near: Near) -> list[str]:
        """Return the words that a token stands for: itself, or what it was meant to be."""
        if self.is_known(token) or token.isdigit():
            return [token]
        if not token.isalpha():
            letters = with_letters_for_digits(token)
            if self.is_known(letters) or near(letters):
                token = letters
            else:
                return _split_signs(token)
            if self.is_known(token):
                return [token]
        if SHORTEST_WITHOUT_SPACES <= len(token) <= LONGEST_TOKEN and not near(token):
            return self.parts(token) or [token]
        return [token]

    def near(self, token: str) -> frozenset[str]:
        """Return the known words and stems of which an unknown token may be a typo."""
        if len(token) > LONGEST_TOKEN:
            return frozenset()
        found = set(self._collapsed.get(collapsed(token), ())) if len(token) >= 3 else set()
        for shorter in without_letters(token, 1 + (len(token) >= SHORTEST_WITH_TWO_TYPOS - 1)):
            for word in self._typos.with_rest(shorter):
                if word not in found and _is_typo(token, word):
                    found.add(word)
        return frozenset(found)

    def near_stems(self, token: str) -> set[str]:
        """Return the stems that a token begins with but for one typo."""
        found: set[str] = set()
        for cut in self._stem_cuts:
            if cut > len(token):
                break
            for shorter in without_letters(token[:cut], 1):
                for stem in self._typos_of_stems.with_rest(shorter):
                    if stem not in found and _is_typo(token[:cut], stem):
                        found.add(stem)
        return found

    def parts(self, token: str) -> list[str]:
        """Return the words of which a token was written without spaces; none if it was not."""
        # Fewest parts that end at each letter.
        best: list[tuple[int, int]] = [(0, 0)] + [(MOST_PARTS + 1, 0)] * len(token)
        for end in range(1, len(token) + 1):
            for start in range(max(0, end - self._longest), end):
                count, part = best[start][0] + 1, token[start:end]
                is_word = part in self.words and (end - start > 1 or part in SINGLE_LETTERS)
                if is_word and count < best[end][0]:
                    best[end] = (count, start)
        if best[-1][0] > MOST_PARTS:
            return []
        words, end = [], len(token)
        while end:
            start = best[end][1]
            words.append(token[start:end])
            end = start
        return words[::-1] if max(map(len, words)) >= 4 else []


def _is_typo(token: str, word: str) -> bool:
    """Whether so few letters differ that a person meant the word."""
    if token[0] != word[0] and token[:2] != word[1::-1]:
        return False
    if len(word) < SHORTEST_WITH_TYPO:
        swapped = len(token) == len(word) and sorted(token) == sorted(word)
        return (swapped or len(token) > len(word)) and is_within(token, word, 1)
    return is_within(token, word, 2 if len(word) >= SHORTEST_WITH_TWO_TYPOS else 1)


def _split_signs(token: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in token).split()
