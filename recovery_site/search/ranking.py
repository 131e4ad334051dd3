"""How well a page answers a query: by the share of what was asked for, rare words counting more.

Title and other ways to ask > headings > summary > text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log2
from typing import NamedTuple

from articles.search.stems import english_stem, spanish_stem

from .likely import LikelyPages
from .pages import PageFound
from .reading import Query, SearchTerm, read_phrase
from .vocabulary import SAME, SearchVocabulary, stop_words

TITLE_POINTS, HEADING_POINTS, SUMMARY_POINTS, BODY_POINTS = 10.0, 2.5, 2.0, 1.0
# More for the same words, and for the very same sentence.
SAME_WORDS, SAME_SENTENCE = 0.2, 0.3
# Of the points of a title: what remains if it says much else.
LEAST_OF_TITLE = 0.5
# Rarity of a word that no page has.
UNKNOWN, EVERYDAY = 0.05, 0.15


class Phrase(NamedTuple):
    path: str
    query: Query


class Phrases:
    """The other ways to ask, by the stems that stand in them."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        self.phrases = [
            Phrase(path, read_phrase(text, vocabulary)) for path, text, _lang in vocabulary.phrases
        ]
        self.likely = LikelyPages((phrase.path, phrase.query) for phrase in self.phrases)
        self.paths: defaultdict[str, set[str]] = defaultdict(set)
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            for term in phrase.query.terms:
                for key, weight in term.stems.items():
                    self._with[key].append(number)
                    if weight >= SAME:
                        self.paths[key].add(phrase.path)

    def matching(self, query: Query) -> list[Phrase]:
        numbers = {
            number
            for term in query.terms
            for key in term.stems
            for number in self._with.get(key, ())
        }
        return [self.phrases[number] for number in sorted(numbers)]


@lru_cache(maxsize=2)
def phrases_of(vocabulary: SearchVocabulary) -> Phrases:
    return Phrases(vocabulary)


@lru_cache(maxsize=1)
def stop_stems() -> frozenset[str]:
    words = stop_words()
    return frozenset({*map(english_stem, words), *map(spanish_stem, words)})


class Ranking:
    def __init__(self, query: Query, documents: Mapping[str, int], phrases: Phrases) -> None:
        """`documents` tells on how many pages a stem stands."""
        self.query, self._documents, self._phrases = query, documents, phrases
        self._rarities: dict[str, float] = {}
        self._weights = [self._weight(term) for term in query.terms]
        self._whole = sum(self._weights) or 1

    def rarity(self, key: str) -> float:
        if key not in self._rarities:
            self._rarities[key] = self._rarity(key)
        return self._rarities[key]

    def _rarity(self, key: str) -> float:
        number = max(self._documents.get(key, 0), len(self._phrases.paths.get(key, ())))
        return 1 / (1 + log2(1 + number)) if number else 0

    def _weight(self, term: SearchTerm) -> float:
        if not term.is_known:
            return UNKNOWN
        # Of the visitor's own words, else of those that mean the same.
        own = [self.rarity(key) for key, weight in term.stems.items() if weight == 1]
        others = [self.rarity(key) for key in term.stems]
        known = [each for each in own if each] or [each for each in others if each]
        return term.times * min(known, default=EVERYDAY)

    def in_vain(self) -> list[str]:
        """Words of the query that stand nowhere and mean nothing that does."""
        return [
            term.word
            for term in self.query.terms
            if term.word and not any(self.rarity(key) for key in term.stems)
        ]

    def phrase_points(self) -> dict[str, float]:
        """For each address, the points of the best of its other ways to ask."""
        points: dict[str, float] = {}
        for phrase in self._phrases.matching(self.query):
            alike = self.alike(phrase.query.terms, phrase.query.words)
            points[phrase.path] = max(points.get(phrase.path, 0), alike)
        return points

    def alike(self, terms: Sequence[SearchTerm], words: tuple[str, ...]) -> float:
        """How much a phrase and the query are the same, from 0 to 1, more if they are equal."""
        overlaps = [
            [_overlap(asked.stems, term.stems) for asked in self.query.terms] for term in terms
        ]
        return self._alike(overlaps, [self._weight(term) for term in terms], words)

    def _alike(
        self, overlaps: list[list[float]], weights: list[float], words: tuple[str, ...]
    ) -> float:
        """`overlaps` has a row for each word of the phrase, whose weights these are."""
        whole = sum(weights)
        if not whole:
            return 0
        met = (max(column) for column in zip(*overlaps, strict=True))
        said = sum(w * max(row) for w, row in zip(weights, overlaps, strict=True)) / whole
        share = sum(w * m for w, m in zip(self._weights, met, strict=True)) / self._whole
        equal = SAME_WORDS * (share > 0.999 and said > 0.999)
        equal += SAME_SENTENCE * (words == self.query.words)
        return share * (LEAST_OF_TITLE + (1 - LEAST_OF_TITLE) * said) + equal

    def title(self, title: tuple[str, ...]) -> float:
        """How much a title and the query are the same."""
        keys = [key for key in title if key not in stop_stems()] or title
        overlaps = [[asked.stems.get(key, 0) for asked in self.query.terms] for key in keys]
        if not any(map(any, overlaps)):
            return 0
        weights = [self.rarity(key) or EVERYDAY for key in keys]
        return self._alike(overlaps, weights, title)

    def points(self, page: PageFound, of_phrases: float) -> float:
        best = max(self.title(page.title), of_phrases)
        # What stands above counts below as well: a title says what the text is about.
        headings = page.headings.union(page.title)
        summary = page.summary.union(page.title)
        in_headings = in_summary = in_body = 0.0
        for term, weight in zip(self.query.terms, self._weights, strict=True):
            stands_in = [0.0, 0.0, 0.0]
            for key, of_key in term.stems.items():
                is_above = (key in headings, key in summary)
                stands = (*is_above, any(is_above) or f" {key} " in page.body)
                for at, it_does in enumerate(stands):
                    if it_does and of_key > stands_in[at]:
                        stands_in[at] = of_key
            in_headings += weight * stands_in[0]
            in_summary += weight * stands_in[1]
            in_body += weight * stands_in[2]
        shares = HEADING_POINTS * in_headings + SUMMARY_POINTS * in_summary + BODY_POINTS * in_body
        return TITLE_POINTS * best + shares / self._whole


def _overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if len(other) < len(one):
        one, other = other, one
    return max((weight * other[key] for key, weight in one.items() if key in other), default=0.0)


def groups_of(query: Query, ranking: Ranking) -> list[list[str]]:
    """The stems to look up, those of the rarest terms first."""
    terms: Iterable[SearchTerm] = sorted(
        (term for term in query.terms if term.is_known),
        key=lambda term: -max(map(ranking.rarity, term.stems), default=0),
    )
    return [[key for key in term.stems if ranking.rarity(key)] for term in terms]
