"""What a visitor gets for a query."""

from __future__ import annotations

import logging
from typing import NamedTuple

from django.db import DatabaseError
from django.urls import reverse

from articles.search import lookup
from articles.search.stems import SPANISH

from . import pages
from .meaning.client import similar_pages
from .pages import PageFound, spanish_page
from .prepared import PreparedSearch, prepared_search
from .ranking import Ranking, groups_of
from .reading import Query, read_query

logger = logging.getLogger(__name__)

MOST_RESULTS, MOST_SUGGESTIONS = 10, 6
# Some more are chosen, since one may be published no more.
SPARE = 2
# Pages with less than this part of the points of the best one are left out.
LEAST_PART = 0.04
MOST_BY_PHRASES = 30
# Points for a page that means what was asked, above what any two texts of this site have in common.
# `python -m tests.recovery_site.search.figures unseen meaning` prints what it brings.
MEANING, LEAST_ALIKE = 100.0, 0.8
# Points for a page that is asked for in words like these, all its phrases together.
LIKELY = 8.0
# What counts for the form of what speaks for the page about the centre, while there is none: a page
# that answers in general comes before it.
INSTEAD = 0.45


class Result(NamedTuple):
    title: str
    summary: str
    url: str
    kind: str
    language: str = ""


class Known(NamedTuple):
    """What is known of a page besides its own words."""

    # Of the best of its other ways to ask, from 0 to 1.
    phrases: float = 0
    # Probability that the query asks for it.
    likely: float = 0
    # Cosine similarity of its meaning and the query's.
    alike: float = 0

    @property
    def points(self) -> float:
        """What goes by the whole query and not by the page's own words."""
        return LIKELY * self.likely + MEANING * max(0, self.alike - LEAST_ALIKE)


NOTHING_KNOWN = Known()


class Results(NamedTuple):
    query: Query
    pages: list[Result]
    in_vain: list[str]


def search(text: str, is_danger: bool = False, is_begun: bool = False) -> Results:
    """Find pages of all kinds, the best first.

    Words of danger find the help lines, and words in Spanish the page in Spanish, whatever else.
    """
    prepared = prepared_search()
    # To words of danger, “you mean something else” is no answer.
    query = read_query(text, prepared.vocabulary, is_begun, is_exact=is_danger)
    phrases = prepared.phrases
    stems = {key for term in query.terms for key in term.stems}
    ranking = Ranking(query, lookup.frequencies(sorted(stems)), phrases)
    # Suggestions come while somebody types, and half a word means nothing.
    near = {} if is_begun else similar_pages(text)
    known = _known(ranking, phrases.likely.of(query), near)
    found = _ranked(ranking, known, prepared, is_short=is_begun)
    results = _results(found, MOST_SUGGESTIONS if is_begun else MOST_RESULTS)
    if is_danger:
        results = _with(help_page(), results, place=1)
    if query.language == SPANISH and (path := spanish_page()):
        results = _with(Result("Ayuda ahora", "", path, "", SPANISH), results, place=0)
    return Results(query, results[:MOST_RESULTS], ranking.in_vain())


def prepare_search() -> None:
    """Read the words of editors, which takes half a second, before a visitor's first search."""
    try:
        search("help", is_begun=True)
    except DatabaseError as error:
        # The first search reads them then.
        logger.warning("the search was not prepared (%s)", type(error).__name__)


def _with(page: Result, results: list[Result], place: int) -> list[Result]:
    """Put `page` at this place, counted from 0, unless it stands as high already."""
    if any(result.url == page.url for result in results[: place + 1]):
        return results
    others = [result for result in results if result.url != page.url]
    return [*others[:place], page, *others[place:]]


def help_page() -> Result:
    page = pages.HELP_NOW
    return Result(str(page.name), str(page.about), reverse(page.route), str(pages.PAGE_LABEL))


def _known(ranking: Ranking, likely: dict[str, float], near: dict[str, float]) -> dict[str, Known]:
    """By address: the pages that are asked for in such words, and those that mean the like."""
    best = sorted(ranking.phrase_points().items(), key=lambda each: -each[1])
    phrases = dict(best[:MOST_BY_PHRASES])
    alike = {path: each for path, each in near.items() if each > LEAST_ALIKE}
    return {
        path: Known(phrases.get(path, 0), likely.get(path, 0), alike.get(path, 0))
        for path in phrases | likely | alike
    }


def _ranked(
    ranking: Ranking, by_path: dict[str, Known], prepared: PreparedSearch, is_short: bool
) -> list[tuple[float, PageFound]]:
    by_path = _asked_of_us(by_path, prepared)
    by_key = {key: by_path[path] for path, key in prepared.keys(by_path).items()}
    groups = groups_of(ranking.query, ranking)
    found = pages.possible_pages(groups, by_key, ranking.documents, is_short)
    ranked = []
    for page in [*found, *prepared.others_with(ranking.stems, by_path)]:
        known = (by_key.get(page.key[:2]) if page.key else by_path.get(page.path)) or NOTHING_KNOWN
        points = ranking.points(page, known.phrases) + known.points
        if points:
            ranked.append((points, page))
    ranked.sort(key=lambda each: -each[0])
    return ranked


def _asked_of_us(by_path: dict[str, Known], prepared: PreparedSearch) -> dict[str, Known]:
    """While no page tells about the centre, what is asked about it leads to asking for a call."""
    about, call = reverse("about"), reverse("contact:callback")
    if about not in by_path or about in prepared.paths:
        return by_path
    asked = (INSTEAD * each for each in by_path[about])
    known = zip(asked, by_path.get(call, NOTHING_KNOWN), strict=True)
    return by_path | {call: Known(*map(max, known))}


def _results(ranked: list[tuple[float, PageFound]], most: int) -> list[Result]:
    if not ranked:
        return []
    least = ranked[0][0] * LEAST_PART
    # Help lines share a page: its best line stands for it.
    chosen: dict[object, PageFound] = {}
    for points, page in ranked:
        if points < least or len(chosen) == most + SPARE:
            break
        chosen.setdefault(page.key or page.path, page)
    results: dict[str, Result] = {}
    for page in pages.addressed(chosen.values()):
        result = Result(str(page.name), str(page.about), page.path, str(page.kind))
        results.setdefault(page.path, result)
    return list(results.values())
