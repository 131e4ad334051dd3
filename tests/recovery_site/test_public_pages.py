"""What holds for every page that everyone may read: its tags, and what it asks the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from recovery_site.sitemaps import KEYS_IN_A_PART
from tests.factories import (
    make_article,
    make_helpline,
    make_page,
    make_question,
    make_staff,
    make_topic,
)

pytestmark = pytest.mark.django_db
HEADER = "Surrogate-Key"


def tags(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return set(response.headers[HEADER].split())


@pytest.fixture
def queries(client):
    """Pages of a site with more of everything than a page shows, and the queries each may take."""
    topic, other = make_topic(slug="one"), make_topic()
    articles = [make_article(topic=topic) for _ in range(24)]
    chosen = make_article(slug="chosen", topic=topic)
    chosen.related.set([make_article(topic=other), *articles[:2]])
    make_article(slug="alone", topic=topic)
    for n in range(3):
        make_question(slug=f"asked-{n}", topic=topic, article=chosen)
    make_page(slug="privacy")
    make_helpline()
    Article.objects.update(published_at=chosen.published_at)
    anchor = articles[10].pk
    return {
        "/": 3,
        "/help-now/": 1,
        "/articles/": 2,
        f"/articles/older/{anchor}/": 4,
        "/articles/topics/one/": 3,
        f"/articles/topics/one/older/{anchor}/": 4,
        "/articles/chosen/": 3,
        "/articles/alone/": 3,
        "/faq/": 2,
        "/faq/topics/one/": 2,
        "/faq/asked-0/": 2,
        "/privacy/": 1,
        "/feed/": 1,
        "/sitemap.xml": 2,
        "/sitemap-site.xml": 0,
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


def test_public_pages_take_a_fixed_number_of_queries(client, queries):
    for path, number in queries.items():
        asked = asked_for(client, path)
        assert len(asked) == number, (path, asked)


def test_public_pages_neither_count_nor_skip_rows(client, queries):
    for path in queries:
        for sql in asked_for(client, path):
            assert "OFFSET" not in sql.upper(), path
            assert "COUNT(" not in sql.upper(), path


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


def test_public_pages_read_no_long_text_that_they_do_not_show(client, queries):
    for path in queries:
        asked = " ".join(asked_for(client, path))
        assert {name for name in WHOLE_TEXT if name in asked} == SHOWN.get(path, set()), path


def test_every_public_page_says_what_it_shows(client, queries):
    for path in queries:
        assert tags(client, path), path
        assert client.head(path).headers[HEADER] == client.get(path).headers[HEADER], path


def test_query_strings_change_no_public_page(client, queries):
    for path in queries:
        assert client.get(f"{path}?utm_source=x&page=2&p=2").content == client.get(path).content


@pytest.mark.parametrize(
    "path",
    ["/contact/", "/contact/thanks/", "/contact/my-request/", "/search/", "/search/?q=x",
     "/healthz", "/readyz", "/admin/login/", "/favicon.ico", "/nowhere/", "/articles/nowhere/",
     "/faq/nowhere/", "/articles/topics/nowhere/", "/articles/older/1/", "/sitemap-x.xml"],
)  # fmt: skip
def test_private_pages_and_refusals_are_marked_with_nothing(client, path):
    assert HEADER not in client.get(path).headers


def test_previews_are_marked_with_nothing(client):
    client.force_login(make_staff("Editors"))
    topic = make_topic()
    for app, publication in (
        ("articles/article", make_article(topic=topic)),
        ("articles/page", make_page()),
        ("faq/question", make_question(topic=topic)),
    ):
        response = client.get(f"/admin/{app}/{publication.pk}/preview/1/")
        assert response.status_code == 200
        assert "Only staff can see these words" in response.text
        assert HEADER not in response.headers


def test_lists_show_all_articles_or_questions(client, queries):
    older = next(path for path in queries if path.startswith("/articles/older/"))
    assert tags(client, "/") == {"articles", "questions", "topics"}
    assert tags(client, "/articles/") == tags(client, older) == {"articles", "topics"}
    assert tags(client, "/faq/") == {"questions", "topics"}
    assert tags(client, "/feed/") == {"articles"}
    assert tags(client, "/sitemap.xml") == {"articles", "questions"}
    assert tags(client, "/sitemap-topics.xml") == {"topics"}
    assert tags(client, "/sitemap-pages.xml") == {"pages"}
    assert tags(client, "/help-now/") == {"helplines"}
    assert tags(client, "/robots.txt") == tags(client, "/sitemap-site.xml") == {"site"}


def test_article_shows_itself_its_topic_and_those_to_read_next(client):
    topic, other = make_topic(), make_topic()
    article, chosen = make_article(slug="here", topic=topic), make_article(topic=other)
    own = {f"article:{article.pk}", f"topic:{topic.pk}"}
    # Whatever is published in the topic next will be shown here.
    assert tags(client, "/articles/here/") == {*own, f"topic:{topic.pk}:list"}
    same = make_article(topic=topic)
    assert tags(client, "/articles/here/") == {
        *own,
        f"topic:{topic.pk}:list",
        f"article:{same.pk}",
    }
    article.related.set([chosen])
    shown = {*own, f"article:{chosen.pk}", f"topic:{other.pk}"}
    assert tags(client, "/articles/here/") == shown
    question = make_question(article=article)
    assert tags(client, "/articles/here/") == {*shown, f"topic:{question.topic.pk}"}


def test_article_waits_for_a_chosen_one_that_nobody_can_read_yet(client):
    article = make_article(slug="here")
    hidden = make_article(live=False, title="Not yet")
    article.related.set([make_article(), hidden])
    assert "articles" in tags(client, "/articles/here/")
    hidden.publish()
    assert "articles" not in tags(client, "/articles/here/")
    assert f"article:{hidden.pk}" in tags(client, "/articles/here/")


def test_article_with_more_questions_than_it_shows_follows_the_order_of_topics(client):
    article = make_article(slug="here")
    for _ in range(6):
        make_question(article=article)
    assert "topics" not in tags(client, "/articles/here/")
    make_question(article=article, title="The seventh?")
    assert "topics" in tags(client, "/articles/here/")
    assert "The seventh?" not in client.get("/articles/here/").text


def test_topic_shows_its_list_and_the_words_on_the_page(client):
    topic = make_topic(slug="one")
    article, question = make_article(topic=topic), make_question(topic=topic)
    make_article()
    assert tags(client, "/articles/topics/one/") == {
        f"topic:{topic.pk}",
        f"topic:{topic.pk}:list",
        f"article:{article.pk}",
        f"question:{question.pk}",
    }


def test_question_shows_itself_others_of_its_topic_and_its_article(client):
    topic = make_topic()
    article = make_article(live=False)
    question = make_question(slug="here", topic=topic, article=article)
    other = make_question(topic=topic)
    # A link to the article will stand here once it is published.
    assert tags(client, "/faq/here/") == {
        f"question:{question.pk}",
        f"topic:{topic.pk}:list",
        f"article:{article.pk}",
        f"question:{other.pk}",
    }


def test_questions_of_a_topic_show_its_list_and_the_words_on_the_page(client):
    topic = make_topic(slug="one")
    question = make_question(topic=topic)
    assert tags(client, "/faq/topics/one/") == {
        f"topic:{topic.pk}",
        f"topic:{topic.pk}:list",
        f"question:{question.pk}",
    }


def test_plain_page_shows_itself_alone(client):
    page = make_page(slug="privacy")
    assert tags(client, "/privacy/") == {f"page:{page.pk}"}
