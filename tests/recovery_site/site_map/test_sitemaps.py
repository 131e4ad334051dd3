import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Topic
from faq.models import Question
from recovery_site.site_map.sitemaps import FIXED_PATHS, KEYS_IN_A_PART
from tests.factories import make_article, make_page, make_question, make_topic

pytestmark = pytest.mark.django_db


def locations(text):
    return re.findall(r"<loc>http://localhost:8000([^<]*)</loc>", text)


def part_of(publication):
    return (publication.pk - 1) // KEYS_IN_A_PART + 1


def test_sitemap_lists_what_is_published_and_nothing_else(client):
    make_article(slug="live-one")
    make_article(live=False, slug="draft-one")
    make_article(slug="foreign-one", language="es")
    make_question(slug="live-question")
    make_page(slug="privacy")
    found = []
    for part in locations(client.get("/sitemap.xml").text):
        found += locations(client.get(part).text)
    topics = [
        topic.get_absolute_url()
        for topic in Topic.objects.with_published_content(Article, Question)
    ]
    assert len(topics) == 2
    assert set(found) == {
        *map(reverse, FIXED_PATHS),
        *topics,
        *("/articles/live-one/", "/faq/live-question/", "/privacy/"),
    }
    assert len(found) == len(set(found))
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_sitemap_has_a_part_for_each_range_of_keys_that_holds_something(client):
    topic = make_topic()
    for pk in (1, 2000, 2001, 9000):
        make_article(pk=pk, slug=f"number-{pk}", topic=topic)
    make_article(pk=5000, live=False, topic=topic)
    make_article(pk=7000, language="es", topic=topic)
    parts = [path for path in locations(client.get("/sitemap.xml").text) if "articles" in path]
    assert parts == [
        "/sitemap-articles-1.xml",
        "/sitemap-articles-2.xml",
        "/sitemap-articles-5.xml",
    ]
    held = [locations(client.get(part).text) for part in parts]
    assert held == [
        ["/articles/number-1/", "/articles/number-2000/"],
        ["/articles/number-2001/"],
        ["/articles/number-9000/"],
    ]


@pytest.mark.parametrize(
    "name",
    ["articles-2", "articles-0", "articles-01", "articles", "questions-1", "pages-1", "x-1",
     "articles--1", "articles-1-1", "articles-99999999999999999999", "articles-999999999999999999"],
)  # fmt: skip
def test_part_that_is_none_is_not_found(client, name):
    make_article(pk=1)
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def test_sitemap_dates_the_last_change_of_words(client):
    topic = make_topic()
    old, new = make_article(slug="old", topic=topic), make_article(slug="new", topic=topic)
    Article.objects.filter(pk=old.pk).update(updated_at=datetime(2025, 1, 2, 3, tzinfo=UTC))
    Article.objects.filter(pk=new.pk).update(updated_at=datetime(2026, 1, 2, 3, tzinfo=UTC))
    text = client.get(f"/sitemap-articles-{part_of(old)}.xml").text
    assert "/articles/old/</loc><lastmod>2025-01-02T03:00:00+00:00</lastmod>" in text
    assert "/articles/new/</loc><lastmod>2026-01-02T03:00:00+00:00</lastmod>" in text
    index = client.get("/sitemap.xml").text
    assert "2026-01-02T03:00:00+00:00" in index
    assert "2025-01-02" not in index


def test_sitemaps_are_xml_of_our_own_address_whatever_host_asked(client):
    part = part_of(make_article(slug="plain"))
    for path in ("/sitemap.xml", "/sitemap-site.xml", f"/sitemap-articles-{part}.xml"):
        response = client.get(path, headers={"host": "127.0.0.1"})
        assert response["Content-Type"] == "application/xml"
        assert "noindex" in response["X-Robots-Tag"]
        assert "127.0.0.1" not in response.text
        root = ElementTree.fromstring(response.content)
        assert root.tag.startswith("{http://www.sitemaps.org/schemas/sitemap/0.9}")


def test_scheduled_article_is_nowhere_yet(client):
    article = make_article(live=False, slug="tomorrow", title="Tomorrow's article")
    article.schedule(timezone.now() + timedelta(days=1))
    assert client.get("/articles/tomorrow/").status_code == 404
    assert "sitemap-articles" not in client.get("/sitemap.xml").text
    for path in ("/", "/articles/", "/feed/", "/search/?q=tomorrow"):
        assert "/articles/tomorrow/" not in client.get(path).text


def test_feed_is_atom_with_absolute_addresses(client):
    make_article(slug="fed", title="Fed & well")
    response = client.get("/feed/", headers={"host": "127.0.0.1"})
    assert response["Content-Type"].startswith("application/atom+xml")
    assert "Fed &amp; well" in response.text
    assert 'href="http://localhost:8000/articles/fed/"' in response.text
    assert "127.0.0.1" not in response.text
