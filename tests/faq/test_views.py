import json
import re

import pytest

from tests.factories import make_article, make_question, make_topic

pytestmark = pytest.mark.django_db


def test_questions_stand_under_their_topics_in_order(client):
    second = make_topic(name="Second topic", order=2)
    first = make_topic(name="First topic", order=1)
    make_question(topic=second, title="Third?", order=1)
    make_question(topic=first, title="Next?", order=2)
    make_question(topic=first, title="Earliest?", order=1)
    page = client.get("/faq/").text.split("<main")[1]
    places = [
        page.index(words)
        for words in ("First topic", "Earliest?", "Next?", "Second topic", "Third?")
    ]
    assert places == sorted(places)


def test_answer_is_reachable_by_anchor_and_by_address(client):
    make_question(slug="reachable", title="Reachable?", summary="Yes, twice.")
    assert re.search(r"<details[^>]*id=\"reachable\"", client.get("/faq/").text)
    page = client.get("/faq/reachable/").text
    assert "Reachable?" in page
    assert "Yes, twice." in page
    assert page.count("<h1") == 1


def test_draft_question_is_not_found_by_visitors(client):
    make_question(live=False, slug="draft", title="Hidden?")
    assert client.get("/faq/draft/").status_code == 404
    assert "Hidden?" not in client.get("/faq/").text


def test_answer_leads_to_the_article_that_says_more_if_it_is_live(client):
    article = make_article(title="The long answer")
    make_question(slug="short", article=article)
    assert article.get_absolute_url() in client.get("/faq/short/").text
    article.unpublish()
    page = client.get("/faq/short/").text
    assert article.get_absolute_url() not in page
    assert article.get_absolute_url() not in client.get("/faq/").text


def test_structured_data_holds_every_answer(client):
    make_question(title="Really?", summary="Yes.", body="<p>It is <strong>so</strong>.</p>")
    page = client.get("/faq/").text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert data[0]["mainEntity"][0]["name"] == "Really?"
    assert data[0]["mainEntity"][0]["acceptedAnswer"]["text"] == "Yes. It is so."


def test_unknown_question_is_not_found(client):
    assert client.get("/faq/no-such-question/").status_code == 404
