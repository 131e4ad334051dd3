from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_article, make_page, make_question

pytestmark = pytest.mark.django_db


def test_sitemap_lists_what_is_published_and_nothing_else(client):
    make_article(slug="live-one")
    make_article(live=False, slug="draft-one")
    make_question(slug="live-question")
    make_page(slug="privacy")
    index = client.get("/sitemap.xml").text
    for section in ("site", "topics", "articles", "questions", "pages"):
        assert f"/sitemap-{section}.xml" in index
    assert "http://localhost:8000/articles/live-one/" in client.get("/sitemap-articles.xml").text
    assert "draft-one" not in client.get("/sitemap-articles.xml").text
    assert "/faq/live-question/" in client.get("/sitemap-questions.xml").text
    assert "/privacy/" in client.get("/sitemap-pages.xml").text
    assert "/contact/" in client.get("/sitemap-site.xml").text
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_scheduled_article_is_nowhere_yet(client):
    article = make_article(live=False, slug="tomorrow", title="Tomorrow's article")
    article.schedule(timezone.now() + timedelta(days=1))
    assert client.get("/articles/tomorrow/").status_code == 404
    for path in ("/", "/articles/", "/feed/", "/sitemap-articles.xml", "/search/?q=tomorrow"):
        assert "/articles/tomorrow/" not in client.get(path).text


def test_feed_is_atom_with_absolute_addresses(client):
    make_article(slug="fed", title="Fed & well")
    response = client.get("/feed/", headers={"host": "127.0.0.1"})
    assert response["Content-Type"].startswith("application/atom+xml")
    assert "Fed &amp; well" in response.text
    assert 'href="http://localhost:8000/articles/fed/"' in response.text
    assert "127.0.0.1" not in response.text
