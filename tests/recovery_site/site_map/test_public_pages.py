"""What holds for every page that everyone may read: its tags, and what it asks the database."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from recovery_site.site_map.sitemaps import KEYS_IN_A_PART
from tests.factories import (
    make_article,
    make_fact,
    make_helpline,
    make_many,
    make_page,
    make_question,
    make_topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="class")
def queries(django_db_setup, django_db_blocker):
    """Pages of a site with more of everything than a page shows, and the queries each may take."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield pages_of_a_large_site()
        transaction.set_rollback(True)


def pages_of_a_large_site():
    topic, other = make_topic(slug="one"), make_topic()
    articles = make_many(make_article, 24, topic=topic)
    chosen = make_article(slug="chosen", topic=topic)
    chosen.related.set([make_article(topic=other), *articles[:2]])
    make_article(slug="alone", topic=topic)
    for n in range(3):
        make_question(slug=f"asked-{n}", topic=topic, article=chosen)
    make_page(slug="privacy")
    make_helpline()
    Article.objects.update(published_at=chosen.published_at)
    anchor = articles[10].pk
    make_fact()
    return {
        "/": 4,
        "/about/": 1,
        "/help-now/": 1,
        "/articles/": 2,
        f"/articles/older/{anchor}/": 4,
        "/articles/topics/one/": 3,
        f"/articles/topics/one/older/{anchor}/": 4,
        "/articles/chosen/": 3,
        "/articles/alone/": 3,
        "/faq/": 3,
        "/faq/topics/one/": 2,
        "/faq/asked-0/": 2,
        "/privacy/": 1,
        "/feed/": 1,
        "/sitemap.xml": 2,
        "/sitemap-site.xml": 1,
        "/sitemap-topics.xml": 1,
        "/sitemap-pages.xml": 1,
        f"/sitemap-articles-{(anchor - 1) // KEYS_IN_A_PART + 1}.xml": 1,
        "/robots.txt": 0,
        "/.well-known/security.txt": 0,
    }


def asked_for(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return [query["sql"] for query in captured]


WHOLE_TEXT = {'"body"', '"rendered"', '"plain_text"'}
SHOWN = {
    "/articles/chosen/": {'"rendered"'},
    "/articles/alone/": {'"rendered"'},
    # Its structured data says the answer without markup.
    "/faq/": {'"rendered"', '"plain_text"'},
    "/faq/topics/one/": {'"rendered"', '"plain_text"'},
    "/faq/asked-0/": {'"rendered"', '"plain_text"'},
    "/privacy/": {'"rendered"'},
}


class TestPagesOfALargeSite:
    def test_public_pages_take_a_fixed_number_of_queries(self, client, queries):
        for path, number in queries.items():
            asked = asked_for(client, path)
            assert len(asked) == number, (path, asked)

    def test_public_pages_neither_count_nor_skip_rows(self, client, queries):
        for path in queries:
            for sql in asked_for(client, path):
                assert "OFFSET" not in sql.upper(), path
                assert "COUNT(" not in sql.upper(), path

    def test_public_pages_read_no_long_text_that_they_do_not_show(self, client, queries):
        for path in queries:
            asked = " ".join(asked_for(client, path))
            assert {name for name in WHOLE_TEXT if name in asked} == SHOWN.get(path, set()), path

    def test_every_public_page_may_be_cached(self, client, queries):
        for path in queries:
            assert client.get(path).headers["Cache-Control"] == "public, max-age=0", path


@pytest.mark.parametrize(
    "path",
    ["/contact/", "/contact/thanks/", "/contact/my-request/", "/search/", "/search/?q=x",
     "/healthz", "/readyz", "/admin/login/", "/favicon.ico", "/nowhere/", "/articles/nowhere/",
     "/faq/nowhere/", "/articles/topics/nowhere/", "/articles/older/1/", "/sitemap-x.xml"],
)  # fmt: skip
def test_private_pages_and_refusals_are_never_marked_as_public(client, path):
    assert "public" not in client.get(path).headers.get("Cache-Control", "")
