"""The page about the centre, built of the facts that hold now."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.reading import structured_data
from articles.reading.caching import public
from articles.views import page_detail

from .data import centre
from .models import FACT_GROUPS, Fact, FactKind


class KindOfFacts(NamedTuple):
    title: Any
    facts: list[Fact]


class PagePart(NamedTuple):
    anchor: str
    title: Any
    kinds: list[KindOfFacts]


@require_safe
@public
def about(request: HttpRequest) -> HttpResponse:
    facts = list(Fact.objects.shown())
    if not facts:
        # A page that staff wrote at this address before.
        return page_detail(request, slug="about")
    title = gettext("About %(name)s") % {"name": settings.SITE_NAME}
    context = {
        "parts": page_parts(facts),
        "json_ld": [
            centre(facts),
            structured_data.breadcrumbs((settings.SITE_NAME, "/"), (title, reverse("about"))),
        ],
    }
    return render(request, "about.html", context)


def page_parts(facts: list[Fact]) -> list[PagePart]:
    """Return the parts of the page that have anything to say."""
    by_kind = {
        FactKind(kind): list(group)
        for kind, group in groupby(sorted(facts, key=lambda fact: fact.kind), lambda f: f.kind)
    }
    found = (
        PagePart(
            group.anchor,
            group.title,
            [KindOfFacts(kind.label, by_kind[kind]) for kind in group.kinds if kind in by_kind],
        )
        for group in FACT_GROUPS
    )
    return [part for part in found if part.kinds]
