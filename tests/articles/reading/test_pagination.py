import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from articles.reading.pagination import rows_from
from tests.factories import make_article, make_many, make_topic

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("America/Phoenix"))


def make_articles(number, **over):
    """Published a minute apart, the newest first."""
    articles = make_many(make_article, number, **over)
    for age, article in enumerate(articles):
        Article.objects.filter(pk=article.pk).update(published_at=NOON - timedelta(minutes=age))
    return articles


def shown(page):
    return re.findall(r'href="/articles/(article-\d+)/"', page.split('class="article-list"')[1])


def link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return found[1] if found else None


def flat(pages):
    return [slug for page in pages for slug in page]


def walk(client, path, rel):
    """The articles of each page, from `path` along its `rel` links."""
    pages = []
    while path:
        page = client.get(path).text
        pages.append(shown(page))
        path = link(page, rel)
    return pages


def test_older_pages_show_every_article_once_in_order(client):
    articles = make_articles(47, topic=make_topic())
    pages = walk(client, "/articles/", "next")
    assert [len(page) for page in pages] == [20, 20, 7]
    assert flat(pages) == [article.slug for article in articles]


def test_articles_of_one_moment_are_neither_lost_nor_shown_twice(client):
    topic = make_topic()
    slugs = {article.slug for article in make_many(make_article, 45, topic=topic)}
    Article.objects.update(published_at=NOON)
    found = flat(walk(client, "/articles/", "next"))
    assert len(found) == 45
    assert set(found) == slugs


def test_newer_leads_back_the_same_way(client):
    articles = make_articles(47, topic=make_topic())
    last = f"/articles/older/{articles[39].pk}/"
    assert link(client.get(last).text, "prev") == f"/articles/older/{articles[19].pk}/"
    assert link(client.get(f"/articles/older/{articles[19].pk}/").text, "prev") == "/articles/"
    back = walk(client, last, "prev")
    assert [len(page) for page in back] == [7, 20, 20]


def test_newer_leads_to_the_newest_when_they_fill_no_page(client):
    articles = make_articles(30, topic=make_topic())
    assert link(client.get(f"/articles/older/{articles[7].pk}/").text, "prev") == "/articles/"


def test_first_page_has_nothing_newer_and_the_last_nothing_older(client):
    articles = make_articles(21, topic=make_topic())
    first = client.get("/articles/").text
    assert link(first, "prev") is None
    assert link(first, "next") == f"/articles/older/{articles[19].pk}/"
    last = client.get(f"/articles/older/{articles[19].pk}/").text
    assert shown(last) == [articles[20].slug]
    assert link(last, "next") is None


def test_twenty_articles_are_one_page(client):
    make_articles(20, topic=make_topic())
    assert 'class="pagination"' not in client.get("/articles/").text


def test_nothing_is_older_than_the_oldest(client):
    articles = make_articles(3, topic=make_topic())
    assert client.get(f"/articles/older/{articles[2].pk}/").status_code == 404


def test_list_goes_on_only_after_what_visitors_can_read(client):
    first, hidden, foreign, *_ = make_articles(5, topic=make_topic())
    hidden.unpublish()
    Article.objects.filter(pk=foreign.pk).update(language="es")
    assert client.get(f"/articles/older/{first.pk}/").status_code == 200
    assert client.get(f"/articles/older/{hidden.pk}/").status_code == 404
    assert client.get(f"/articles/older/{foreign.pk}/").status_code == 404
    assert client.get("/articles/older/987654321/").status_code == 404


@pytest.mark.parametrize("key", ["0", "-1", "x", "007", "9" * 30, "1e3", "%00", "é", "", "1.0"])
def test_nonsense_key_is_not_found(client, key):
    make_articles(2)
    assert client.get(f"/articles/older/{key}/").status_code == 404


def test_each_page_has_one_address(client):
    anchor = make_articles(3, topic=make_topic())[0]
    assert client.get(f"/articles/older/{anchor.pk}/").status_code == 200
    assert client.get(f"/articles/older/0{anchor.pk}/").status_code == 404


def test_query_string_changes_nothing(client):
    make_articles(25, topic=make_topic())
    assert client.get("/articles/?page=2").text == client.get("/articles/").text


def test_topic_goes_on_with_its_own_articles_alone(client):
    topic, other = make_topic(slug="long"), make_topic()
    articles = make_articles(41, topic=topic)
    stranger = make_article(topic=other)
    pages = walk(client, "/articles/topics/long/", "next")
    assert [len(page) for page in pages] == [20, 20, 1]
    assert flat(pages) == [article.slug for article in articles]
    assert client.get(f"/articles/topics/long/older/{stranger.pk}/").status_code == 404
    path = f"/articles/topics/long/older/{articles[19].pk}/"
    assert link(client.get(path).text, "prev") == "/articles/topics/long/"


def test_titles_of_older_pages_tell_where_they_begin(client):
    articles = make_articles(41, topic=make_topic(slug="long", name="A long topic"))
    page = " ".join(client.get(f"/articles/older/{articles[19].pk}/").text.split())
    assert "<title>Articles (up to March 4, 2026)" in page
    page = " ".join(client.get(f"/articles/topics/long/older/{articles[19].pk}/").text.split())
    assert "<title>A long topic (articles up to March 4, 2026)" in page


def plan_of(sql, params):
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Over a few rows it would rather read them all.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"{explain} {sql}", params)
        return " ".join(str(row) for row in cursor.fetchall())


@pytest.mark.parametrize("has_anchor", [False, True])
def test_lists_are_read_along_an_index(has_anchor):
    topic = make_topic()
    anchor = make_articles(30, topic=topic)[12]
    for articles, index in (
        (Article.objects.published(), "article_list"),
        (topic.articles.published(), "article_topic"),
    ):
        queries = [articles]
        if has_anchor:
            queries = [
                rows_from(articles, "-published_at", anchor),
                rows_from(articles, "published_at", anchor, inclusive=True),
            ]
        for query in queries:
            plan = plan_of(*query.values_list("pk", "live__title")[:21].query.sql_with_params())
            # For so few rows PostgreSQL takes either; both are in the order of the list.
            assert index in plan or (connection.vendor == "postgresql" and "article_list" in plan)
            assert "TEMP B-TREE" not in plan
            assert "Sort" not in plan


def test_long_list_takes_no_more_queries_than_a_short_one(client):
    topic = make_topic()
    anchor = make_articles(22, topic=topic)[4]
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/articles/older/{anchor.pk}/")
        counts.append(len(captured))
        make_articles(30, topic=topic)
        Article.objects.filter(pk=anchor.pk).update(published_at=NOON - timedelta(seconds=30))
    assert counts == [4, 4]
