"""Sitemaps of published pages, in parts that stay small."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.sitemaps.views import x_robots_tag
from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.models import Article, Page, Topic
from articles.reading.caching import public
from faq.models import Question
from recovery_site.models import Fact

# A part covers this many primary keys, so it needs no count and its address never changes.
KEYS_IN_A_PART = 2000
PARTED: dict[str, tuple[Any, str]] = {
    "articles": (Article, "articles:article_detail"),
    "questions": (Question, "faq:question_detail"),
}
FIXED_PATHS = (
    *("home", "help_now", "help_now_es", "overdose_sheet", "articles:article_list"),
    *("faq:question_list", "contact:callback"),
)
SECTIONS = ("site", "topics", "pages")
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Entry(NamedTuple):
    path: str
    changed_at: datetime | None = None


@require_safe
@public
@x_robots_tag
def sitemap_index(request: HttpRequest) -> HttpResponse:
    entries = [Entry(reverse("sitemap", args=[name])) for name in SECTIONS]
    for section, (model, _name) in PARTED.items():
        # Not `published()`: dates alone need no join with the words.
        live = model.objects.filter(live__isnull=False, language=get_language())
        parts = live.values_list((F("pk") - 1) / KEYS_IN_A_PART + 1).order_by()
        for number, changed_at in sorted(parts.annotate(changed_at=Max("updated_at"))):
            entries.append(Entry(reverse("sitemap_part", args=[section, number]), changed_at))
    return _xml("sitemapindex", "sitemap", entries)


@require_safe
@public
@x_robots_tag
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    """Addresses of pages other than articles and questions."""
    if section == "site":
        names = [*FIXED_PATHS, *(["about"] if Fact.objects.shown().exists() else [])]
        return _urls(Entry(reverse(name)) for name in names)
    if section == "topics":
        topics = Topic.objects.with_published_content(Article, Question)
        return _urls(Entry(topic.get_absolute_url()) for topic in topics)
    if section == "pages":
        pages = Page.objects.published().select_related(None).only("slug", "updated_at")
        entries = [Entry(page.get_absolute_url(), page.updated_at) for page in pages]
        return _urls(entries)
    raise Http404


@require_safe
@public
@x_robots_tag
def sitemap_part(request: HttpRequest, section: str, number: int) -> HttpResponse:
    if section not in PARTED:
        raise Http404
    model, name = PARTED[section]
    last = number * KEYS_IN_A_PART
    keys = (last - KEYS_IN_A_PART + 1, last)
    here = model.objects.published().filter(pk__range=keys).order_by("pk")
    rows = here.values_list("slug", "updated_at")
    entries = [Entry(reverse(name, args=[slug]), changed_at) for slug, changed_at in rows]
    if not entries:
        raise Http404
    return _urls(entries)


def _urls(entries: Iterable[Entry]) -> HttpResponse:
    return _xml("urlset", "url", entries)


def _xml(root: str, each: str, entries: Iterable[Entry]) -> HttpResponse:
    """Addresses start with SITE_URL, whatever host was asked."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for path, changed_at in entries:
        changed = f"<lastmod>{changed_at.isoformat()}</lastmod>" if changed_at else ""
        lines.append(f"<{each}><loc>{escape(settings.SITE_URL + path)}</loc>{changed}</{each}>")
    return HttpResponse("\n".join([*lines, f"</{root}>", ""]), content_type="application/xml")
