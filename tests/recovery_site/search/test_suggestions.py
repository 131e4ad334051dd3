"""Pages to choose from while somebody types, and a search field on every page."""

import pytest
from django.db import OperationalError

from recovery_site.models import SearchSynonym
from recovery_site.search import suggestions
from tests.factories import make_article, make_helpline, make_topic

pytestmark = pytest.mark.django_db


def suggested(client, query):
    response = client.get("/search/suggestions/", {"q": query})
    assert response["Content-Type"] == "application/json"
    return [(page["title"], page["url"]) for page in response.json()["pages"]]


def test_beginning_of_a_word_is_enough(client):
    article = make_article(title="Quiet rivers", slug="quiet")
    assert ("Quiet rivers", article.get_absolute_url()) in suggested(client, "riv")
    assert ("Quiet rivers", article.get_absolute_url()) in suggested(client, "quiet ri")


def test_few_are_suggested_and_nothing_for_nothing(client):
    topic = make_topic()
    for n in range(9):
        make_article(title=f"River {n}", topic=topic)
    assert len(suggested(client, "rive")) == 6
    assert suggested(client, "") == []


def test_lines_that_share_a_page_take_one_place(client):
    for n in range(12):
        make_helpline(name=f"Zorble line {n}", description="Zorble", phone=f"1-800-555-01{n:02}")
    topic = make_topic()
    for n in range(7):
        make_article(title=f"Rivers and seas {n}", summary="Zorble and more.", topic=topic)
    places = [url for _title, url in suggested(client, "zorble")]
    assert places[0] == "/help-now/"
    assert len(places) == len({*places}) == 6


def test_word_of_an_editor_is_found_by_its_first_three_letters(client):
    make_article(title="Quiet rivers", slug="quiet")
    SearchSynonym.objects.create(words="zorble", means="rivers")
    found = {letters: suggested(client, letters) for letters in ("zo", "zor", "zorb", "zorx")}
    assert {letters for letters, pages in found.items() if pages} == {"zor", "zorb"}


@pytest.mark.parametrize(
    ("query", "words"),
    [("i want to die", "In danger now?"), ("quiero morir", "¿Está en peligro ahora?")],
)
def test_words_of_danger_lead_with_people_who_answer(client, query, words, monkeypatch):
    def gone(*_args, **_options):
        raise OperationalError("gone")

    make_helpline(name=f"A line for {query}")
    with_database = suggested(client, query)
    # Whom to call stands in files.
    monkeypatch.setattr(suggestions, "search", gone)
    for found in (with_database, suggested(client, query)):
        title, url = found[0]
        assert words in title
        assert [each for _title, each in found].count("/help-now/") == 1
        assert url == "/help-now/"


def test_suggestions_are_kept_nowhere(client):
    response = client.get("/search/suggestions/", {"q": "heroin"})
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


@pytest.mark.parametrize("query", ["\0", "%", "'", '"', "\ud800", "x" * 5000, "٣", "a " * 500])
def test_strange_words_are_words(client, query):
    query = query.encode("utf-8", "surrogatepass")
    assert client.get("/search/suggestions/", query_params={"q": query}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/help-now/", "/contact/", "/nowhere/"])
def test_every_page_has_a_search_field_in_its_header(client, path):
    header = client.get(path).text.partition("<header")[2].partition("</header")[0]
    assert 'action="/search/"' in header
    assert 'name="q"' in header


def test_page_of_results_has_one_field(client):
    page = client.get("/search/", {"q": "rivers"}).text
    assert page.count('name="q"') == 1
    assert 'value="rivers"' in page
