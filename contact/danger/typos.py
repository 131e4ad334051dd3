"""Words by what is left of them without a letter or two, which a typo of them has in common."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from zlib import crc32

NUMBER_BITS = 32
LARGEST_NUMBER = (1 << NUMBER_BITS) - 1
BUCKET_BITS = 16
BUCKETS = 1 << (32 - BUCKET_BITS)


class TypoIndex:
    """May name other words too: whoever asks compares them.

    One array of numbers, a checksum and a word's place in each: a dictionary of the tens of
    thousands of strings takes twenty times the memory, in every worker.
    """

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        """Add words, each with how many letters may be left out."""
        listed = list(words)
        self._words = [word for word, _most in listed]
        self._entries = array(
            "Q",
            sorted(
                crc32(shorter.encode()) << NUMBER_BITS | number
                for number, (word, most) in enumerate(listed)
                for shorter in without_letters(word, most)
            ),
        )

        # Where the entries begin whose checksums begin alike: there is nothing for most.
        self._starts = array(
            "I",
            (
                bisect_left(self._entries, bucket << (NUMBER_BITS + BUCKET_BITS))
                for bucket in range(BUCKETS + 1)
            ),
        )

    def with_rest(self, rest: str) -> list[str]:
        """Return the words of which this may be left."""
        checksum = crc32(rest.encode())
        bucket = checksum >> BUCKET_BITS
        start, end = self._starts[bucket], self._starts[bucket + 1]
        if start == end:
            return []
        return [
            self._words[entry & LARGEST_NUMBER]
            for entry in self._entries[start:end]
            if entry >> NUMBER_BITS == checksum
        ]


def without_letters(word: str, most: int) -> set[str]:
    """Return the word with up to so many letters left out."""
    last = {word}
    every = {word}
    for _round in range(most):
        last = {each[:i] + each[i + 1 :] for each in last for i in range(len(each))}
        every |= last
    return every
