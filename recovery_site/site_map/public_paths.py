"""Addresses of all public pages, which are the same for everybody."""

from __future__ import annotations

from django.db.models import F
from django.urls import reverse

from articles.models import Article, Page, Topic
from articles.pictures.uses import published_pictures
from faq.models import Question
from recovery_site.models import Fact

from .sitemaps import FIXED_PATHS, KEYS_IN_A_PART, PARTED, SECTIONS

# Their views answer each request anew.
UNCACHED = {"contact:callback"}
# Addresses that no sitemap lists; the last one ends the lists (see `Warmer.in_order`).
UNLISTED = ("/feed/", "/robots.txt", "/.well-known/security.txt", "/sitemap.xml")


def public_paths(using: str = "default") -> list[str]:
    """Lists first, ending with /sitemap.xml, then all that stands in them."""
    return [*_lists(using), *UNLISTED, *_rest(using)]


def _lists(using: str) -> list[str]:
    topics = Topic.objects.using(using)
    paths = [reverse(name) for name in FIXED_PATHS if name not in UNCACHED]
    if Fact.objects.using(using).shown().exists():
        paths.append(reverse("about"))
    paths += [
        topic.get_absolute_url() for topic in topics.with_published_content(Article, Question)
    ]
    paths += [
        reverse("faq:topic_questions", args=[topic.slug])
        for topic in topics.with_published_content(Question)
    ]
    return paths


def _rest(using: str) -> list[str]:
    paths = [page.get_absolute_url() for page in Page.objects.using(using).published()]
    paths += [reverse("sitemap", args=[name]) for name in SECTIONS]
    lists = {Article: reverse("articles:article_list"), Question: reverse("faq:question_list")}
    for section, (model, _name) in PARTED.items():
        published = model.objects.using(using).published().select_related(None)
        rows = list(
            published.order_by("-pk").values_list("slug", (F("pk") - 1) / KEYS_IN_A_PART + 1)
        )
        parts = sorted({part for _slug, part in rows})
        paths += [reverse("sitemap_part", args=[section, part]) for part in parts]
        # Joined, not reversed one by one: a large site has 100,000 of them.
        paths += [f"{lists[model]}{slug}/" for slug, _part in rows]
    paths += [size.path for each in published_pictures(using) for size in each.all_sizes]
    return paths
