"""Search of published articles and questions."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from articles.models import Article
from articles.publication import Publication
from faq.models import Question

MOST = 25
KINDS: tuple[type[Publication], ...] = (Article, Question)


class Result(NamedTuple):
    title: str
    summary: str
    url: str
    kind: str


def search_pages(query: str) -> list[Result]:
    """Published pages that hold every word of `query`: best first, at most MOST of a kind."""
    words = query.split()[:10]
    if not words:
        return []
    return [result for model in KINDS for result in _matches(model.objects.published(), words)]


def _matches(publications: QuerySet[Publication], words: list[str]) -> list[Result]:
    in_title, anywhere = Q(), Q()
    for word in words:
        title = Q(live__title__icontains=word)
        in_title &= title
        anywhere &= title | Q(live__summary__icontains=word) | Q(live__plain_text__icontains=word)
    found = publications.filter(anywhere).annotate(
        rank=Case(When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    return [
        Result(
            each.live.title,
            each.live.summary,
            each.get_absolute_url(),
            str(each._meta.verbose_name),
        )
        for each in found.order_by("rank", "-published_at", "pk")[:MOST]
    ]


def corrected(query: str) -> str:
    """`query` with each unknown word replaced by the nearest word of a title, if any is near."""
    titles = [
        title
        for model in KINDS
        for title in model.objects.published().values_list("live__title", flat=True)[:500]
    ]
    known = {word.strip("?,.:;").lower() for title in titles for word in title.split()}
    nearest = []
    for word in query.lower().split()[:10]:
        near = [word] if word in known else difflib.get_close_matches(word, known, n=1, cutoff=0.7)
        nearest.append(near[0] if near else word)
    better = " ".join(nearest)
    return better if better != query.lower() else ""
