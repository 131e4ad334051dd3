import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import make_article, make_question, make_staff, make_topic, sign_off

pytestmark = pytest.mark.django_db


def json_ld(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_article_shows_its_words_and_where_they_come_from(client):
    source = {"title": "A fact sheet", "publisher": "An agency", "url": "https://example.org/fact"}
    article = make_article(
        slug="plain",
        title="A plain title",
        summary="What it says in short.",
        body="<h2>How it works</h2><p>Words.</p><h3>More</h3><blockquote>Said.</blockquote>",
        sources=[source],
        byline="An author",
    )
    page = client.get("/articles/plain/").text
    for words in ("A plain title", "What it says in short.", "An author", "A fact sheet"):
        assert words in page
    assert 'href="https://example.org/fact"' in page
    assert '<h2 id="how-it-works">' in page
    assert 'href="#how-it-works"' in page
    assert f'href="/articles/topics/{article.topic.slug}/"' in page
    assert "not medical advice" in page
    assert page.count("<h1") == 1


def test_draft_is_not_found_by_visitors(client):
    make_article(live=False, slug="draft")
    assert client.get("/articles/draft/").status_code == 404


def test_future_article_is_not_found_until_its_time_has_come(client):
    article = make_article(live=False, slug="future", title="From the future")
    article.schedule(timezone.now() + timedelta(minutes=5))
    assert client.get("/articles/future/").status_code == 404
    assert "From the future" not in client.get("/articles/").text
    assert "From the future" not in client.get(article.topic.get_absolute_url()).text
    Article.objects.update(scheduled_for=timezone.now())
    Article.objects.due().get().publish_scheduled()
    assert client.get("/articles/future/").status_code == 200


def test_unpublished_article_is_gone_everywhere(client):
    article = make_article(slug="gone", title="Soon gone")
    article.unpublish()
    for path in ("/articles/gone/", "/articles/nothing/", "/articles/topics/nothing/"):
        assert client.get(path).status_code == 404
    for path in ("/", "/articles/", "/feed/", "/search/?q=gone"):
        assert "Soon gone" not in client.get(path).text


def test_newer_draft_does_not_change_the_page(client):
    article = make_article(slug="steady", title="Steady words")
    article.save_revision(title="Unfinished words", body="<p>Draft.</p>")
    page = client.get("/articles/steady/").text
    assert "Steady words" in page
    assert "Unfinished words" not in page


def test_article_awaits_review_until_exactly_its_words_are_signed_off(client):
    article = make_article(slug="medical")
    assert "Awaiting clinical review" in client.get("/articles/medical/").text
    sign_off(article.live, make_staff(), "A made-up reviewer, MD")
    page = client.get("/articles/medical/").text
    assert "Awaiting clinical review" not in page
    assert "A made-up reviewer, MD" in page
    article.publish(article.save_revision(title="Other words", body="<p>Changed.</p>"))
    page = client.get("/articles/medical/").text
    assert "Awaiting clinical review" in page
    assert "A made-up reviewer" not in page


def test_article_leads_to_its_questions_and_related_articles(client):
    article, other = make_article(slug="here"), make_article(title="Read this too")
    hidden = make_article(live=False, title="Not yet")
    article.related.set([other, hidden])
    make_question(article=article, title="What about it?")
    make_question(article=article, live=False, title="Unanswered?")
    page = client.get("/articles/here/").text
    assert "Read this too" in page
    assert "What about it?" in page
    assert "Not yet" not in page
    assert "Unanswered?" not in page


def test_related_articles_fall_back_to_the_topic(client):
    topic = make_topic()
    make_article(topic=topic, slug="first")
    make_article(topic=topic, title="Of the same topic")
    assert "Of the same topic" in client.get("/articles/first/").text


def test_structured_data_says_what_is_true_and_no_more(client):
    article = make_article(slug="data", title="</script><b>Title & more")
    page, trail = json_ld(client.get("/articles/data/").text)
    assert page["@type"] == "MedicalWebPage"
    assert page["name"] == "</script><b>Title & more"
    assert page["url"] == "http://localhost:8000/articles/data/"
    assert "lastReviewed" not in page
    assert "reviewedBy" not in page
    assert [step["item"] for step in trail["itemListElement"]][1] == (
        "http://localhost:8000/articles/"
    )
    sign_off(article.live, make_staff(), "A made-up reviewer, MD")
    page, _trail = json_ld(client.get("/articles/data/").text)
    assert page["reviewedBy"]["name"] == "A made-up reviewer, MD"


def test_page_names_its_canonical_address_whatever_host_asked(client):
    make_article(slug="canon", summary="In short.")
    page = client.get("/articles/canon/?utm=x", headers={"host": "127.0.0.1"}).text
    assert '<link rel="canonical" href="http://localhost:8000/articles/canon/">' in page
    assert 'property="og:title"' in page
    assert 'property="og:url" content="http://localhost:8000/articles/canon/"' in page
    assert re.search(r'<meta name="description"\s+content="In short\.">', page)


def test_topic_lists_its_articles_and_questions(client):
    topic = make_topic(slug="withdrawal", name="Withdrawal")
    make_article(topic=topic, title="Of the topic")
    make_question(topic=topic, title="Is it hard?")
    make_article(title="Of another")
    page = client.get("/articles/topics/withdrawal/").text
    assert "Of the topic" in page
    assert "Is it hard?" in page
    assert "Of another" not in page


def test_spanish_article_of_the_same_address_does_not_disturb(client):
    make_article(slug="same", title="In English")
    make_article(slug="same", title="En otra lengua", language="es")
    page = client.get("/articles/same/")
    assert page.status_code == 200
    assert "In English" in page.text
    assert "En otra lengua" not in client.get("/articles/").text


@pytest.mark.parametrize("slug", ["a%00b", "..", "%2e%2e", "a/b", "é", "<b>", "x" * 3000])
def test_nonsense_address_is_not_found(client, slug):
    assert client.get(f"/articles/{slug}/").status_code == 404


def test_reading_time_is_at_least_a_minute():
    article = make_article(body="<p>" + "word " * 990 + "</p>", summary="short")
    assert article.live.reading_time == "5 minutes to read"
    assert make_article(body="", summary="").live.reading_time == "1 minute to read"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reading_is_all_that_visitors_may_do(client, method):
    make_article(slug="fixed")
    assert getattr(client, method)("/articles/fixed/").status_code == 405
