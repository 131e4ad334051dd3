"""How well a page answers a query: by the share of what was asked for, rare words counting more.

Title and other ways to ask > headings > summary > text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log2
from threading import Lock
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
_compiling = Lock()


class Phrase(NamedTuple):
    path: str
    query: Query


class Compared(NamedTuple):
    """A term of phrases beside a query."""

    weight: float
    # How much it is the same as each term of the query, and as the one nearest to it.
    overlaps: list[float]
    most: float
    # What part of the query it answers alone.
    share: float


class Phrases:
    """The other ways to ask, by the stems that stand in them."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        self.phrases = [
            Phrase(path, read_phrase(text, vocabulary)) for path, text, _lang in vocabulary.phrases
        ]
        self.likely = LikelyPages((phrase.path, phrase.query) for phrase in self.phrases)
        self.paths: defaultdict[str, set[str]] = defaultdict(set)
        # By stem: the numbers of phrases, each with the places of the terms that have it.
        self._with: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            for place, term in enumerate(phrase.query.terms):
                for key, weight in term.stems.items():
                    self._with[key].append((number, place))
                    if weight >= SAME:
                        self.paths[key].add(phrase.path)
        # Thousands of phrases share their terms, so a query is compared with each term once.
        self.terms: list[SearchTerm] = []
        self.numbers: list[list[int]] = []
        known: dict[tuple[object, ...], int] = {}
        for phrase in self.phrases:
            self.numbers.append([])
            for term in phrase.query.terms:
                key_of_term = (term.is_known, term.times, *term.stems.items())
                number = known.setdefault(key_of_term, len(self.terms))
                if number == len(self.terms):
                    self.terms.append(term)
                self.numbers[-1].append(number)
        # What each term weighs beside a query that has none of its stems.
        apart = Weights({}, self)
        self.weights = [[apart.of(term) for term in each.query.terms] for each in self.phrases]
        self.wholes = [sum(each) for each in self.weights]

    def matching(self, query: Query) -> dict[int, set[int]]:
        """Numbers of phrases, with the places of their terms that share a stem with the query."""
        places: defaultdict[int, set[int]] = defaultdict(set)
        for key in {key for term in query.terms for key in term.stems}:
            for number, place in self._with.get(key, ()):
                places[number].add(place)
        return places


class Weights:
    """How much words say: the rarer, the more."""

    def __init__(self, documents: Mapping[str, int], phrases: Phrases) -> None:
        """`documents` tells on how many pages a stem stands."""
        self._documents, self._phrases = documents, phrases
        self._rarities: dict[str, float] = {}

    def rarity(self, key: str) -> float:
        if key not in self._rarities:
            number = max(self._documents.get(key, 0), len(self._phrases.paths.get(key, ())))
            self._rarities[key] = 1 / (1 + log2(1 + number)) if number else 0
        return self._rarities[key]

    def of(self, term: SearchTerm) -> float:
        if not term.is_known:
            return UNKNOWN
        # Of the visitor's own words, else of those that mean the same.
        own = [self.rarity(key) for key, weight in term.stems.items() if weight == 1]
        others = [self.rarity(key) for key in term.stems]
        known = [each for each in own if each] or [each for each in others if each]
        return term.times * min(known, default=EVERYDAY)


def phrases_of(vocabulary: SearchVocabulary) -> Phrases:
    with _compiling:
        return _phrases_of(vocabulary)


@lru_cache(maxsize=2)
def _phrases_of(vocabulary: SearchVocabulary) -> Phrases:
    return Phrases(vocabulary)


@lru_cache(maxsize=1)
def stop_stems() -> frozenset[str]:
    words = stop_words()
    return frozenset({*map(english_stem, words), *map(spanish_stem, words)})


class Ranking:
    def __init__(self, query: Query, documents: Mapping[str, int], phrases: Phrases) -> None:
        """`documents` tells on how many pages a stem stands."""
        self.query, self.documents, self._phrases = query, documents, phrases
        weights = Weights(documents, phrases)
        self.rarity, self._weight = weights.rarity, weights.of
        self._weights = [self._weight(term) for term in query.terms]
        self._whole = sum(self._weights) or 1
        self._terms: dict[int, Compared] = {}
        self.stems = frozenset(key for term in query.terms for key in term.stems)

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
        for number, places in self._phrases.matching(self.query).items():
            path = self._phrases.phrases[number].path
            points[path] = max(points.get(path, 0), self._alike_to(number, places))
        return points

    def _alike_to(self, number: int, places: set[int]) -> float:
        """How much a phrase and the query are the same, from 0 to 1, more if they are equal.

        `places` are the terms of the phrase that share a stem with the query.
        """
        # As far as the query has none of their stems.
        weights, numbers = self._phrases.weights[number], self._phrases.numbers[number]
        whole, words = self._phrases.wholes[number], self._phrases.phrases[number].query.words
        compared = [self._compared(numbers[place]) for place in places]
        if len(compared) == 1:
            # Most have one in common: hundreds, of which a search compares each.
            (weight, _overlaps, most, share), (place,) = compared[0], places
            whole = whole - weights[place] + weight
            return self._same(share, weight * most / whole, words) if whole else 0
        own = [each.weight for each in compared]
        whole = whole - sum(weights[place] for place in places) + sum(own)
        return self._alike([each.overlaps for each in compared], own, whole, words)

    def _compared(self, number: int) -> Compared:
        if number not in self._terms:
            term = self._phrases.terms[number]
            overlaps = [_overlap(asked.stems, term.stems) for asked in self.query.terms]
            weight, most = self._weight(term), max(overlaps)
            self._terms[number] = Compared(weight, overlaps, most, self._share(overlaps))
        return self._terms[number]

    def _alike(
        self,
        overlaps: list[list[float]],
        weights: list[float],
        whole: float,
        words: tuple[str, ...],
    ) -> float:
        """`overlaps` has a row for each word in common, whose weights these are of the `whole`."""
        if not whole:
            return 0
        said = sum(w * max(row) for w, row in zip(weights, overlaps, strict=True)) / whole
        return self._same(self._share(map(max, zip(*overlaps, strict=True))), said, words)

    def _share(self, met: Iterable[float]) -> float:
        """What part of the query is answered where its terms are met so far."""
        return sum(w * m for w, m in zip(self._weights, met, strict=True)) / self._whole

    def _same(self, share: float, said: float, words: tuple[str, ...]) -> float:
        """`share` of the query is answered, with `said` of these words."""
        equal = SAME_WORDS * (share > 0.999 and said > 0.999)
        equal += SAME_SENTENCE * (words == self.query.words)
        return share * (LEAST_OF_TITLE + (1 - LEAST_OF_TITLE) * said) + equal

    def title(self, title: tuple[str, ...]) -> float:
        """How much a title and the query are the same."""
        if self.stems.isdisjoint(title):
            return 0
        keys = [key for key in title if key not in stop_stems()] or title
        overlaps = [[asked.stems.get(key, 0) for asked in self.query.terms] for key in keys]
        if not any(map(any, overlaps)):
            return 0
        weights = [self.rarity(key) or EVERYDAY for key in keys]
        return self._alike(overlaps, weights, sum(weights), title)

    def points(self, page: PageFound, of_phrases: float) -> float:
        parts = (page.title, page.headings, page.summary)
        if not (of_phrases or page.body) and all(map(self.stems.isdisjoint, parts)):
            return 0
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
