import pytest

from recovery_site.models import SearchPhrase
from tests.factories import make_article, make_helpline, make_page, make_question, make_topic

pytestmark = pytest.mark.django_db
WORDS_LIKE_SPANISH = ("bupenorfine", "metadon", "anfetamine")


def search(client, query):
    return client.get("/search/", {"q": query}).text


def main(client, query):
    return search(client, query).partition("<main")[2].partition("</main")[0]


def test_word_in_title_comes_before_word_in_text(client):
    make_article(title="Sleep", body="<p>Nothing.</p>", summary="")
    make_article(title="Other", body="<p>About sleep.</p>", summary="")
    page = search(client, "sleep")
    assert page.index(">Sleep<") < page.index(">Other<")


def test_one_word_that_no_page_has_hides_no_page(client):
    make_article(title="Warm water")
    assert "Warm water" in search(client, "warm xylophone")


def test_words_are_found_whole(client):
    make_article(title="My body", body="<p>Good food.</p>", summary="")
    assert "My body" not in main(client, "od")


def test_draft_is_not_found(client):
    make_article(live=False, title="Quiet draft")
    assert "Quiet draft" not in search(client, "quiet")


def test_question_is_found_by_its_answer(client):
    make_question(title="What helps?", summary="Naloxone helps.")
    assert "What helps?" in search(client, "naloxone")


def test_typing_error_still_finds(client):
    make_article(title="Buprenorphine and you")
    assert "Buprenorphine and you" in search(client, "buprenorfine")


def test_nothing_found_still_leads_on(client):
    make_article(topic=make_topic(name="Small steps"))
    page = main(client, "qqqq wwww")
    assert "tel:+18882810805" in page
    assert 'href="/contact/"' in page
    assert 'href="/help-now/"' in page
    assert "Small steps" in page


def test_words_run_together_are_told_apart(client):
    response = client.get("/search/", {"q": "mysonisusingagain"})
    assert response.context["corrected"] == "my son is using again"


def test_small_word_written_together_with_the_next_is_no_typing_error(client):
    make_article(title="Insurance")
    assert client.get("/search/", {"q": "noinsurance"}).context["corrected"] == "no insurance"


@pytest.mark.parametrize("query", ["ri7ers", "r1vers", "90rivers", "rivers2"])
def test_digits_within_a_word_hide_nothing(client, query):
    make_article(title="Quiet rivers")
    assert "Quiet rivers" in client.get("/search/", {"q": query}).text


def test_correction_is_said(client):
    make_article(title="Buprenorphine and you")
    assert "“buprenorphine”, which is what we made of “buprenorfine”" in main(
        client, "buprenorfine"
    )


def test_words_that_people_use_every_day_are_not_corrected(client):
    make_article(title="So, this is heroin")
    assert "what we made of" not in main(client, "my son is on heroin")


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
    assert "Plain" not in main(client, "Pl%n")


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


def test_danger_is_never_told_that_nothing_is_here(client):
    page = main(client, "kill myself")
    assert "No page has" not in page
    assert page.index("tel:988") < page.index("<h1")


def test_danger_names_poison_help_from_its_record(client):
    make_helpline(slug="poison-help", name="Poison Help", phone="555-0155", dial="+15550155")
    assert 'href="tel:+15550155"' in main(client, "he is overdosing right now")
    assert "555-0155" not in main(client, "heroin")


def test_help_lines_and_fixed_pages_are_found(client):
    make_helpline(name="Quiet Line")
    make_page(title="Privacy", slug="privacy")
    assert "Quiet Line" in main(client, "quiet line")
    assert 'href="/contact/my-request/"' in main(client, "cancel my request")
    assert 'href="/privacy/"' in main(client, "privacy")


def test_search_in_spanish_is_answered_in_spanish(client):
    page = main(client, "síntomas de abstinencia")
    assert 'lang="es"' in page
    assert "Ayuda en español" in page
    assert "Ayuda en español" not in main(client, "withdrawal symptoms")


def test_spanish_is_told_by_everyday_words_that_editors_also_wrote(client):
    SearchPhrase.objects.create(path="/quiet/", phrases="no hablo ingles")
    page = client.get("/search/", {"q": "no hablo ingles"})
    assert page.context["results"][0].url == "/es/"


def test_typing_error_in_an_english_word_is_no_spanish(client):
    query = {word: client.get("/search/", {"q": word}).context for word in WORDS_LIKE_SPANISH}
    assert not [word for word, told in query.items() if told["is_spanish"]]
    assert client.get("/search/", {"q": "buprenorfna"}).context["is_spanish"]


def test_page_in_spanish_leads_once_there_is_one(client):
    make_page(title="Ayuda ahora", slug="es")
    page = main(client, "ayuda con mi hijo")
    assert page.index('href="/es/"') < page.index("<ol")
    assert page.partition("<ol")[2].index('href="/es/"')
