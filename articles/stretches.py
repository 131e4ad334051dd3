"""A long list in pages, each of which begins after an article: none counts or skips the rest."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404
from django.shortcuts import get_object_or_404

from .models import ArticleQuerySet
from .summaries import ArticleSummary

PER_PAGE = 20


class Stretch(NamedTuple):
    """What one page shows, and the addresses of the pages beside it; empty where there is none."""

    articles: list[ArticleSummary]
    newer: str
    older: str


def stretch(articles: ArticleQuerySet, first: str, after: int | None) -> Stretch:
    """The newest of `articles`, or those after the one with the key `after`.

    `first` is the address of the list's first page. Raise Http404 if nothing comes after `after`.
    """
    rest, newer = articles, ""
    if after is not None:
        bare = articles.select_related(None)
        anchor = get_object_or_404(bare.only("published_at"), pk=after)
        rest = articles.older_than(anchor)
        before = bare.up_to(anchor).values_list("pk", flat=True)[: PER_PAGE + 1]
        newer = f"{first}older/{before[PER_PAGE]}/" if len(before) > PER_PAGE else first
    found = rest[: PER_PAGE + 1].rows(ArticleSummary)
    if after is not None and not found:
        raise Http404
    shown = found[:PER_PAGE]
    older = f"{first}older/{shown[-1].pk}/" if len(found) > PER_PAGE else ""
    return Stretch(shown, newer, older)
