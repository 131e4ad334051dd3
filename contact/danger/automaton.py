"""Finding many patterns in one pass over the words (extended Shift-And, Navarro and Raffinot).

Each element of each pattern is one bit of a large integer. A step takes the same few operations
on it whatever was written, so the time grows with the number of words alone.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from .numbers import number_signs
from .patterns import PatternElement
from .vocabulary import KnownWords, Near
from .words import Token

# The words of which most texts are made.
KNOWN_KEPT = 256


class Match(NamedTuple):
    """A pattern by its number, and the first and last word at which it was found."""

    pattern: int
    first: int
    last: int


class Automaton:
    def __init__(
        self, patterns: Sequence[tuple[PatternElement, ...]], vocabulary: KnownWords
    ) -> None:
        self._vocabulary = vocabulary
        self._lengths = [len(elements) for elements in patterns]
        self._offsets: list[int] = []
        # Numbers of bits, for an integer with all of them has more than a thousand bytes.
        self._by_word: defaultdict[str, array[int]] = defaultdict(new_places)
        self._by_stem: defaultdict[str, array[int]] = defaultdict(new_places)
        self._starts = self._optional = self._gaps = self._before_gaps = 0
        self._any = 0
        self._pattern_ending: dict[int, int] = {}
        bit = 0
        for number, elements in enumerate(patterns):
            self._starts |= 1 << bit
            self._offsets.append(bit + 1)
            for element in elements:
                bit += 1
                self._add(element, bit)
            self._pattern_ending[bit] = number
            bit += 1
        self._finals = sum(1 << end for end in self._pattern_ending)
        # Bits that the end of a sentence clears: no gap reaches beyond it.
        self._within = ~(self._gaps | self._before_gaps)
        # Half a megabyte at most. No other words: what somebody wrote is kept nowhere.
        self._bits_of_known = lru_cache(KNOWN_KEPT)(self._bits_of_itself)

    def _add(self, element: PatternElement, place: int) -> None:
        for word in element.words:
            self._by_word[word].append(place)
        for stem in element.stems:
            self._by_stem[stem].append(place)
        bit = 1 << place
        if element.is_optional:
            self._optional |= bit
        if element.is_gap:
            self._any |= bit
            self._gaps |= bit
            self._before_gaps |= bit >> 1

    def find(self, tokens: Sequence[Token], near: Near) -> Iterator[Match]:
        fitting = self._fitting(tokens, near)
        starts, optional, finals = self._starts, self._optional, self._finals
        state, sentence = self._skipped(starts), 0
        for at, token in enumerate(tokens):
            if token.sentence != sentence:
                state, sentence = (state & self._within) | starts, token.sentence
            state = ((state << 1) & fitting[at]) | starts
            while (more := state | ((state << 1) & optional)) != state:
                state = more
            hits = state & finals
            while hits:
                last = hits & -hits
                hits ^= last
                number = self._pattern_ending[last.bit_length() - 1]
                yield Match(number, self._first(number, at, fitting), at)

    def _skipped(self, state: int) -> int:
        while (more := state | ((state << 1) & self._optional)) != state:
            state = more
        return state

    def _first(self, number: int, last: int, fitting: list[int]) -> int:
        """Return the nearest word at which a pattern that ends at `last` begins."""
        offset, length = self._offsets[number], self._lengths[number]
        only = (1 << length) - 1
        optional = (self._optional >> offset) & only
        state, at = 1 << length, last
        while at >= 0 and state:
            state = (state >> 1) & (fitting[at] >> offset) & only
            if state & 1:
                return at
            while (more := state | ((state >> 1) & optional)) != state:
                state = more
            at -= 1
        return last

    def _fitting(self, tokens: Sequence[Token], near: Near) -> list[int]:
        """Return for each word the elements that it fits."""
        known: dict[str, int] = {}
        for token in tokens:
            if token.word not in known:
                known[token.word] = self._bits(token.word, near)
        return [known[token.word] for token in tokens]

    def _bits(self, word: str, near: Near) -> int:
        if word in self._vocabulary.known:
            return self._bits_of_known(word)
        bits = self._bits_of_itself(word)
        if not (word.isdigit() or self._vocabulary.is_known(word)):
            bits |= self._bits_of_typo(word, near)
        return bits

    def _bits_of_itself(self, word: str) -> int:
        bits = self._any | self._of_word(word)
        for sign in number_signs(word):
            bits |= self._of_word(sign)
        if not word.isdigit():
            for stem in self._vocabulary.stems_of(word):
                bits |= self._of_stem(stem)
        return bits

    def _bits_of_typo(self, word: str, near: Near) -> int:
        bits = 0
        for meant in near(word):
            bits |= self._of_word(meant)
            for stem in self._vocabulary.stems_of(meant):
                bits |= self._of_stem(stem)
        for stem in self._vocabulary.near_stems(word):
            bits |= self._of_stem(stem)
        return bits

    def _of_word(self, word: str) -> int:
        return with_bits(self._by_word.get(word, ()))

    def _of_stem(self, stem: str) -> int:
        return with_bits(self._by_stem.get(stem, ()))


def new_places() -> array[int]:
    return array("I")


def with_bits(places: Sequence[int]) -> int:
    """Return an integer with these bits, each named once."""
    if not places:
        return 0
    # Two long integers for each bit would be too slow.
    octets = bytearray(places[-1] // 8 + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")
