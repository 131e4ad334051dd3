"""Rows by words of title, address and summary: whole, begun, or with a typing error."""

from __future__ import annotations

from typing import Any, NamedTuple

import jellyfish
from django.db.models import Q

from articles.search.index import sound_of
from articles.search.words import words_of

from .rows import StockRow, StockWord

MOST_WORDS = 8
MOST_MEANT = 50
# Shorter words have too many neighbours that are words themselves.
SHORTEST_TYPO, SHORTEST_WITH_TWO = 4, 7
MOST_NEIGHBOURS = 3000


class FoundRows(NamedTuple):
    rows: Any
    # What was typed and what was looked for instead, where they differ.
    corrected: list[tuple[str, str]]


def find_rows(rows: Any, typed: str) -> FoundRows:
    """The rows that hold every word."""
    corrected = []
    places: Any = StockRow.words.through.objects
    for word in words_of(typed)[:MOST_WORDS]:
        begun = StockWord.objects.filter(word__startswith=word).order_by("word")[:MOST_MEANT]
        meant = dict(begun.values_list("pk", "word"))
        if not meant and (meant := _neighbours(word)):
            corrected.append((word, min(meant.values())))
        keys = places.filter(stockword__in=list(meant)).values("stockrow")
        rows = rows.filter(pk__in=keys)
    return FoundRows(rows, corrected)


def _neighbours(word: str) -> dict[int, str]:
    """The known words that are nearest to an unknown one, if any is near."""
    if len(word) < SHORTEST_TYPO:
        return {}
    sound = sound_of(word)
    alike = Q(word__startswith=word[0]) | (Q(sound=sound) if sound else Q())
    most = 1 if len(word) < SHORTEST_WITH_TWO else 2
    by_distance: dict[int, dict[int, str]] = {}
    for key, other in StockWord.objects.filter(alike).values_list("pk", "word")[:MOST_NEIGHBOURS]:
        if abs(len(word) - len(other)) > 2:
            continue
        distance = jellyfish.damerau_levenshtein_distance(word, other)
        sounds_alike = bool(sound) and sound == sound_of(other)
        if distance <= most + sounds_alike:
            by_distance.setdefault(max(0, distance - sounds_alike), {})[key] = other
    return by_distance[min(by_distance)] if by_distance else {}
