"""Rows by words of title, address and summary: whole, begun, or with a typing error."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import jellyfish
from django.db.models import Exists, OuterRef
from django.db.models.functions import Length

from articles.search.index import sound_of
from articles.search.words import words_of

from .rows import StockRow, StockWord

MOST_WORDS = 8
MOST_MEANT = 50
# For a word on so many rows, reading the list in its order until the page is full is faster than
# looking at each row of the word.
ROWS_OF_A_COMMON_WORD = 3000
# Fewer rows have several words at once, so that reading the list takes longer.
ROWS_OF_COMMON_WORDS = 8000
# Shorter words have too many neighbours that are words themselves.
SHORTEST_TYPO, SHORTEST_WITH_TWO = 4, 7
MOST_ALIKE = 3000


class FoundRows(NamedTuple):
    rows: Any
    # What was typed and what was looked for instead, where they differ.
    corrected: list[tuple[str, str]]
    # Of common words: where the rarest one stands, at most once for a row; rows with the others.
    common: tuple[Any, Any] | None = None

    def count(self, most: int) -> int:
        """How many there are, up to `most`."""
        if self.common is None:
            return self.rows.order_by()[:most].count()
        # From the word to its rows: most other rows lack it.
        places, rows = self.common
        return places.filter(Exists(rows.filter(pk=OuterRef("stockrow"))))[:most].count()


def find_rows(rows: Any, typed: str) -> FoundRows:
    """The rows that hold every word."""
    corrected, groups = [], []
    known_words: Any = StockWord.objects
    for word in list(dict.fromkeys(words_of(typed)))[:MOST_WORDS]:
        # Shortest first: the nearest, and no order of an index that PostgreSQL would walk along.
        begun = known_words.beginning(word).order_by(Length("word"), "word")[:MOST_MEANT]
        meant: dict[int, str] = dict(begun.values_list("pk", "word"))
        if not meant and (meant := _neighbours(word)):
            corrected.append((word, min(meant.values())))
        groups.append(list(meant))
    if not all(groups):
        return FoundRows(rows.none(), corrected)
    places: Any = StockRow.words.through.objects
    held = [places.filter(stockword__in=group) for group in groups]
    most = ROWS_OF_COMMON_WORDS if len(held) > 1 else ROWS_OF_A_COMMON_WORD
    numbers = [each[:most].count() for each in held]
    if not held:
        return FoundRows(rows, corrected)
    place = numbers.index(min(numbers))
    rarest, group = held.pop(place), groups[place]
    if min(numbers) < most:
        for each in held:
            rarest = rarest.filter(Exists(each.filter(stockrow=OuterRef("stockrow"))))
        # Found once, for the order and for the count.
        keys = set(rarest.values_list("stockrow", flat=True))
        return FoundRows(rows.filter(pk__in=keys), corrected)
    for each in held:
        rows = rows.filter(Exists(each.filter(stockrow=OuterRef("pk"))))
    found = rows.filter(Exists(rarest.filter(stockrow=OuterRef("pk"))))
    # Of several words, one row may hold two.
    return FoundRows(found, corrected, (rarest, rows) if len(group) == 1 else None)


def _neighbours(word: str) -> dict[int, str]:
    """The known words that are nearest to an unknown one, if any is near."""
    if len(word) < SHORTEST_TYPO:
        return {}
    sound, known_words = sound_of(word), cast("Any", StockWord.objects)
    some = known_words.as_long_as(word, give_or_take=2)
    known = set(some.beginning(word[0]).values_list("pk", "word")[:MOST_ALIKE])
    if sound:
        known |= set(some.filter(sound=sound).values_list("pk", "word")[:MOST_ALIKE])
    most = 1 if len(word) < SHORTEST_WITH_TWO else 2
    by_distance: dict[int, dict[int, str]] = {}
    for key, other in known:
        distance = jellyfish.damerau_levenshtein_distance(word, other)
        sounds_alike = bool(sound) and sound == sound_of(other)
        if distance <= most + sounds_alike:
            by_distance.setdefault(max(0, distance - sounds_alike), {})[key] = other
    return by_distance[min(by_distance)] if by_distance else {}
