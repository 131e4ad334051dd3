"""The cache keeps a page by its path alone, so no view of a page in it may read the query string.

Django's test client asks the views directly, where the query string is still there to be read.
"""

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.urls import get_resolver, resolve, reverse
from django.utils.functional import cached_property

import articles.views
import faq.views
from recovery_site.page_cache.handler import NEVER_CACHED
from recovery_site.site_map.public_paths import public_paths
from tests.factories import (
    figure_of,
    make_article,
    make_fact,
    make_helpline,
    make_page,
    make_picture,
    make_question,
    make_topic,
)

QUERY = "x=1&q=heroin&page=2"


@pytest.fixture
def paths(db, monkeypatch):
    """An address of every kind of page that goes through the cache."""
    monkeypatch.setattr(articles.views, "ARTICLES_PER_PAGE", 1)
    monkeypatch.setattr(faq.views, "QUESTIONS_PER_PAGE", 1)
    for slug in ("privacy", "accessibility", "nondiscrimination", "leaving-safely", "another"):
        make_page(slug=slug)
    make_helpline()
    make_fact()
    topic = make_topic()
    make_article(topic=topic, title="Heroin and sleep")
    newest = make_article(topic=topic, body=f"<p>Seen.</p>{figure_of(make_picture())}")
    first = make_question(topic=topic, order=1)
    make_question(topic=topic, order=2)
    return [
        *public_paths(),
        reverse("articles:older_articles", args=[newest.pk]),
        reverse("articles:older_articles_of_topic", args=[topic.slug, newest.pk]),
        reverse("faq:more_topic_questions", args=[topic.slug, first.pk]),
        "/favicon.ico",
        "/prefetch.json",
    ]


@pytest.fixture
def unreadable(monkeypatch):
    """Whatever a view looks for in request.GET is an error."""
    get = cached_property(lambda _request: object())
    get.__set_name__(WSGIRequest, "GET")
    monkeypatch.setattr(WSGIRequest, "GET", get)


def cached_routes(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if f"/{route}".startswith(NEVER_CACHED):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from cached_routes(pattern.url_patterns, route)
        else:
            yield route


def test_pages_in_the_cache_are_the_same_whatever_the_query_string(client, paths):
    for path in paths:
        plain, asked = client.get(path), client.get(f"{path}?{QUERY}")
        same = (plain.status_code, plain.content, plain.headers)
        assert (asked.status_code, asked.content, asked.headers) == same, path


@pytest.mark.usefixtures("unreadable")
def test_views_of_pages_in_the_cache_never_read_the_query_string(client, paths):
    for path in paths:
        assert client.get(f"{path}?{QUERY}").status_code < 400, path


def test_every_address_in_the_cache_is_asked(paths):
    unasked = {*cached_routes(get_resolver().url_patterns)} - {
        resolve(path).route for path in paths
    }
    assert not unasked, f"name an address of {unasked} in `paths`"
