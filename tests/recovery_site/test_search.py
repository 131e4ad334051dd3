import pytest

from tests.factories import make_article, make_question

pytestmark = pytest.mark.django_db


def search(client, query):
    return client.get("/search/", {"q": query}).text


def test_word_in_title_comes_before_word_in_text(client):
    make_article(title="Sleep", body="<p>Nothing.</p>", summary="")
    make_article(title="Other", body="<p>About sleep.</p>", summary="")
    page = search(client, "sleep")
    assert page.index(">Sleep<") < page.index(">Other<")


def test_every_word_must_be_there(client):
    make_article(title="Warm water")
    assert "/articles/" in search(client, "warm water")
    assert (
        "Warm water" not in search(client, "warm xylophone").split("<main")[1].split("suggest")[0]
    )


def test_draft_is_not_found(client):
    make_article(live=False, title="Quiet draft")
    assert "Quiet draft" not in search(client, "quiet")


def test_question_is_found_by_its_answer(client):
    make_question(title="What helps?", summary="Naloxone helps.")
    assert "What helps?" in search(client, "naloxone")


def test_typing_error_still_finds(client):
    make_article(title="Buprenorphine and you")
    assert "Buprenorphine and you" in search(client, "buprenorfine")


def test_nothing_found_still_offers_the_phone_and_something_to_read(client):
    make_article(title="Start here")
    page = search(client, "qqqq wwww")
    assert "tel:+18882810805" in page.split("<main")[1]
    assert "Start here" in page


@pytest.mark.parametrize(
    "query", ["\0", "%", "_", "'; drop", "<b>", "{{ 7 }}", "\ud800", "x" * 5000, "٣", "\u202eabc"]
)
def test_strange_words_are_words(client, query):
    make_article()
    response = client.get("/search/", query_params={"q": query.encode("utf-8", "surrogatepass")})
    assert response.status_code == 200
    assert "<b>" not in response.text.split("<main")[1].split("</h1>")[0]


def test_percent_is_no_wildcard(client):
    make_article(title="Plain")
    assert "Plain" not in search(client, "Pl%n").split("suggest")[0].split("<main")[1]


@pytest.mark.parametrize(
    ("query", "words"),
    [("i want to die", "Call 988"), ("quiero morir", "Llame al 988"), ("he od'd", "Call 911")],
)
def test_search_for_words_of_danger_leads_with_people_who_answer(client, query, words):
    main = search(client, query).partition("<main")[2]
    assert main.index("_danger") < main.index(words) < main.index("<h1")
    assert "our call" not in main[: main.index("<h1")]


@pytest.mark.parametrize("query", ["", "overdose prevention class", "signs of an overdose"])
def test_an_ordinary_search_does_not(client, query):
    assert "_danger" not in search(client, query)
