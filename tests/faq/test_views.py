import json
import re

import pytest
from django.db import transaction

from faq.models import Question
from tests.factories import make_article, make_many, make_question, make_topic

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


def test_long_answer_is_short_on_lists_and_whole_on_its_page(client):
    long = f"<p>{'word ' * 150}ends here.</p>"
    question = make_question(slug="long", summary="In short.", body=long)
    make_question(summary="", topic=question.topic, body=long.replace("here", "there"))
    for path in ("/faq/", f"/faq/topics/{question.topic.slug}/"):
        page = client.get(path).text
        assert "In short." in page
        assert 'href="/faq/long/">Read the whole answer' in page
        assert "ends here" not in page.partition("<main")[2]
        # Nothing shorter says it.
        assert "ends there" in page.partition("<main")[2]
    assert "ends here" in client.get("/faq/long/").text.partition("<main")[2]


def test_many_questions_are_links_and_their_answers_stand_with_the_topic(client):
    topic = make_topic(slug="many", name="Many")
    make_many(make_question, 30, topic=topic, summary="In short.")
    make_question(topic=topic, slug="q-30", title="Number 30?", summary="In short.")
    page = client.get("/faq/").text.partition("<main")[2]
    assert '<li id="q-30"><a href="/faq/q-30/">Number 30?</a></li>' in page
    assert "In short." not in page
    assert 'href="#_many">Many' in page
    assert client.get("/faq/topics/many/").text.count("In short.") >= 31


def test_urgent_box_stands_before_the_short_answer(client):
    body = '<blockquote class="urgent"><p>Call now.</p></blockquote><p>Later.</p>'
    make_question(slug="urgent", summary="In short.", body=body)
    main = client.get("/faq/urgent/").text.partition("<h1")[2]
    assert main.index("Call now.") < main.index("In short.") < main.index("Later.")
    assert main.count("Call now.") == 1


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


@pytest.mark.parametrize(
    ("path", "answer"), [("/faq/", "Yes."), ("/faq/really/", "Yes. It is so.")]
)
def test_structured_data_is_short_on_the_list_and_whole_on_the_page(client, path, answer):
    body = "<p>It is <strong>so</strong>.</p>"
    make_question(slug="really", title="Really?", summary="Yes.", body=body)
    page = client.get(path).text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert data[0]["mainEntity"][0]["name"] == "Really?"
    assert data[0]["mainEntity"][0]["acceptedAnswer"]["text"] == answer


def test_unknown_question_is_not_found(client):
    assert client.get("/faq/no-such-question/").status_code == 404


def test_topics_of_one_order_do_not_mix_their_questions(client):
    first, second = make_topic(name="A topic"), make_topic(name="Another")
    for n in range(3):
        make_question(topic=first, order=n, title=f"First {n}?")
        make_question(topic=second, order=n, title=f"Second {n}?")
    page = client.get("/faq/").text
    assert page.count(f'id="_{first.slug}"') == page.count(f'id="_{second.slug}"') == 1
    assert page.index("First 2?") < page.index("Second 0?")


def test_too_many_questions_for_one_page_are_reached_by_their_topics(client):
    many, few = make_topic(slug="many", name="Many"), make_topic(name="Few")
    *_others, last = make_many(make_question, 100, topic=many)
    assert last.live.title in client.get("/faq/").text
    make_question(topic=few, title="One more?")
    page = client.get("/faq/").text
    assert last.live.title not in page
    assert 'href="/faq/topics/many/"' in page
    assert f'href="/faq/topics/{few.slug}/"' in page


@pytest.fixture(scope="class")
def questions(django_db_setup, django_db_blocker):
    """Three pages of them, ten to an order; to make them takes more than to read them."""
    with django_db_blocker.unblock(), transaction.atomic():
        topic = make_topic(slug="many", name="Many")
        made = make_many(make_question, 120, topic=topic)
        for n, question in enumerate(made):
            question.order = n // 10
        Question.objects.bulk_update(made, ["order"])
        yield made
        transaction.set_rollback(True)


class TestManyQuestionsOfATopic:
    def test_they_go_on_after_the_last_one_shown(self, questions, client):
        # Neither lost nor shown twice.
        titles = [question.live.title for question in questions]
        make_question(title="A stranger?")
        path, found, pages = "/faq/topics/many/", [], 0
        while path:
            page = client.get(path).text
            found += re.findall(r"<summary><h2>(.*?)</h2>", page)
            pages += 1
            link = re.search(r'rel="next" href="([^"]*)"', page)
            path = link and link[1]
        assert found == titles
        assert pages == 3

    def test_they_lead_back_page_by_page(self, questions, client):
        first, second, third = (
            "/faq/topics/many/",
            f"/faq/topics/many/after/{questions[49].pk}/",
            f"/faq/topics/many/after/{questions[99].pk}/",
        )
        assert f'rel="prev" href="{second}">Earlier questions</a>' in client.get(third).text
        assert f'rel="prev" href="{first}">Earlier questions</a>' in client.get(second).text
        assert 'rel="prev"' not in client.get(first).text


def test_questions_of_a_topic_begin_only_after_one_of_its_own(client):
    topic = make_topic(slug="one")
    first, last = make_question(topic=topic), make_question(topic=topic)
    stranger, hidden = make_question(), make_question(topic=topic, live=False)
    assert client.get(f"/faq/topics/one/after/{first.pk}/").status_code == 200
    for question in (last, stranger, hidden):
        assert client.get(f"/faq/topics/one/after/{question.pk}/").status_code == 404
    for path in ("/faq/topics/none/", "/faq/topics/one/after/0/", "/faq/topics/one/after/x/"):
        assert client.get(path).status_code == 404
    make_topic(slug="empty")
    assert client.get("/faq/topics/empty/").status_code == 404


def test_topic_with_many_questions_shows_some_and_leads_to_all(client):
    topic = make_topic(slug="many")
    *_others, last = make_many(make_question, 20, topic=topic, order=0)
    assert "/faq/topics/many/" not in client.get("/articles/topics/many/").text
    make_question(topic=topic, order=99, title="One more?")
    page = client.get("/articles/topics/many/").text
    assert last.live.title in page
    assert "One more?" not in page
    assert 'href="/faq/topics/many/"' in page


def test_answer_that_begins_with_numbers_to_call_is_open_and_whole_on_lists(client):
    steps = f'<p><a href="tel:911">Call 911</a></p><p>{"word " * 150}last step.</p>'
    question = make_question(slug="urgent", summary="In short.", body=steps)
    make_question(topic=question.topic)
    for path in ("/faq/", f"/faq/topics/{question.topic.slug}/"):
        page = client.get(path).text
        assert page.count(" open>") == 1
        assert '<details class="question" id="urgent" open>' in page
        assert "last step" in page.partition("<main")[2]
    # On its own page, nothing but the question stands before the numbers.
    page = client.get("/faq/urgent/").text.partition("<h1")[2].partition('href="tel:911"')[0]
    assert "In short." not in page
    assert "clinical review" not in page
