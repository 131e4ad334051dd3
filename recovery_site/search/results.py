"""What a visitor gets for a query."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import Resolver404, resolve, reverse

from articles.models import Article, Page
from articles.search import index, lookup
from articles.search.stems import SPANISH
from faq.models import Question

from . import pages
from .pages import Found, spanish_page
from .ranking import Ranking, groups_of, phrases_of
from .reading import Query, read
from .vocabulary import current_vocabulary

MOST = 10
# Pages with less than this part of the points of the best one are left out.
LEAST_PART = 0.04
MOST_BY_PHRASES = 30


class Result(NamedTuple):
    title: str
    summary: str
    url: str
    kind: str
    language: str = ""


class Results(NamedTuple):
    query: Query
    pages: list[Result]
    in_vain: list[str]


def search(text: str, is_danger: bool = False, is_begun: bool = False) -> Results:
    """Find pages of all kinds, the best first.

    Words of danger find the help lines, and words in Spanish the page in Spanish, whatever else.
    """
    vocabulary = current_vocabulary()
    query = read(text, vocabulary, is_begun)
    phrases = phrases_of(vocabulary)
    stems = {key for term in query.terms for key in term.stems}
    ranking = Ranking(query, lookup.frequencies(sorted(stems)), phrases)
    found = _ranked(ranking, _by_phrases(ranking), groups_of(query, ranking))
    results = _results(found)
    if is_danger:
        results = _with(help_page(), results, place=1)
    if query.language == SPANISH and (path := spanish_page()):
        results = _with(Result("Ayuda ahora", "", path, "", SPANISH), results, place=0)
    return Results(query, results[:MOST], ranking.in_vain())


def _with(page: Result, results: list[Result], place: int) -> list[Result]:
    """Put `page` at this place, counted from 0, unless it stands as high already."""
    if any(result.url == page.url for result in results[: place + 1]):
        return results
    others = [result for result in results if result.url != page.url]
    return [*others[:place], page, *others[place:]]


def help_page() -> Result:
    page = pages.HELP_NOW
    return Result(str(page.name), str(page.about), reverse(page.route), str(pages.PAGE))


def _by_phrases(ranking: Ranking) -> dict[str, float]:
    best = sorted(ranking.phrase_points().items(), key=lambda each: -each[1])
    return dict(best[:MOST_BY_PHRASES])


def _ranked(
    ranking: Ranking, by_path: dict[str, float], groups: list[list[str]]
) -> list[tuple[float, Found]]:
    by_key = _keys_of(by_path)
    found: dict[Any, Found] = {each.key: each for each in pages.candidates(groups)}
    found |= {each.key: each for each in pages.of_keys(by_key.keys() - _short(found))}
    ranked = []
    for page in [*found.values(), *pages.others()]:
        of_phrases = by_key.get(page.key[:2], 0) if page.key else by_path.get(page.path, 0)
        points = ranking.points(page, of_phrases)
        if points:
            ranked.append((points, page))
    ranked.sort(key=lambda each: -each[0])
    return ranked


def _short(found: dict[Any, Found]) -> set[tuple[str, int]]:
    return {key[:2] for key in found}


def _keys_of(by_path: dict[str, float]) -> dict[tuple[str, int], float]:
    """The same points by the kind and key of publications."""
    slugs: dict[type[Any], dict[str, float]] = {}
    for path, points in by_path.items():
        if found := publication_at(path):
            slugs.setdefault(found[0], {})[found[1]] = points
    keys = {}
    for model, wanted in slugs.items():
        rows = model.objects.published().select_related(None).filter(slug__in=wanted)
        for key, slug in rows.values_list("pk", "slug"):
            keys[index.kind_of(model), key] = wanted[slug]
    return keys


def publication_at(path: str) -> tuple[type[Any], str] | None:
    """The model and slug of the publication that has this address, if there is one."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    models = {"article_detail": Article, "question_detail": Question, "page_detail": Page}
    model = models.get(match.func.__name__)
    return (model, match.kwargs["slug"]) if model else None


def _results(ranked: list[tuple[float, Found]]) -> list[Result]:
    if not ranked:
        return []
    least = ranked[0][0] * LEAST_PART
    chosen = [page for points, page in ranked if points >= least][: 2 * MOST]
    results: dict[str, Result] = {}
    for page in pages.addressed(chosen):
        result = Result(str(page.name), str(page.about), page.path, str(page.kind))
        # Help lines share a page: its best line stands for it.
        results.setdefault(page.path, result)
    return list(results.values())
