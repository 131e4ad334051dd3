"""Words of danger in the search box: help first, in their language, and nothing "put right"."""

import pytest
from django.db import OperationalError

from contact.visitor.told.desk_snapshot import danger_rows
from recovery_site import views
from recovery_site.search import danger
from tests.recovery_site.search import figures

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("me quiero suicidar", "es"),
        ("suicidio", "es"),
        ("pensamientos suicidas", "es"),
        ("esta convulsionando", "es"),
        ("me quiero matar", "es"),
        ("emergencia", "es"),
        ("alguien con sobredosis", "es"),
        ("ataque por dejar el alcohol", "es"),
        ("overdoes", "en"),
        ("unalive", "en"),
        ("i want to disappear forever", "en"),
        ("suicide prevention hotline", "en"),
        ("sucide hotline", "en"),
        ("suiside", "en"),
        ("od'd on fent", "en"),
        ("delirium tremens", "en"),
        ("i cant do this anymore", "en"),
        ("i can’t go on", "en"),
        ("i am going to jump", "en"),
        ("i want it all to be over", "en"),
        ("tired of living", "en"),
        ("alcohol poisoning", "en"),
        ("i need help right now", "en"),
        ("how to help someone overdosing on benzos", "en"),
        ("someone overdosing", "en"),
        ("he's not breathing", "en"),
        ("seizure stop drinking", "en"),
        ("seizures from xanax withdrawal", "en"),
        ("how do i use narcan now", "en"),
        ("how many pills does it take to die", "en"),
        ("i keep looking at the rope", "en"),
        ("my friend overdosed in class", "en"),
        ("he od'd in history class", "en"),
        ("my kid tried suicide 2 years ago and is doing it again", "en"),
        ("sobredosis ahora que hago", "es"),
        ("creo que es una sobredosis", "es"),
    ],
)
def test_words_of_danger_lead_with_help_in_their_language(client, query, language):
    page = client.get("/search/", {"q": query}).text
    main = page[page.index("<main") :]
    panel = main[main.index("_danger") :][:1500]
    assert ("oprima 2" in panel) == (language == "es")


@pytest.mark.parametrize(
    "query",
    [
        "i can't go on monday",
        "how do i end it with him",
        "od on call",
        "dying to know how methadone works",
        "what is suicide prevention training",
        "how to use narcan training class",
        "is a suicide attempt from years ago in my record visible to employer",
        "self harm reduction",
        "print the overdose steps",
        "blue pills",
        "reasons to live sober",
        "took suboxone this morning",
        "qué es una sobredosis",
        "terapeuta",
        "psychotherapist",
    ],
)
def test_words_that_only_look_like_danger_lead_to_pages(client, query):
    assert not client.get("/search/", {"q": query}).context["danger_language"]


@pytest.mark.parametrize("query", ["me quiero matar", "me voy a matar", "slit my wrists"])
def test_words_of_danger_are_never_put_right(client, query):
    assert client.get("/search/", {"q": query}).context["corrected"] == ""


@pytest.mark.parametrize("query", ["mi esposo me pega", "no contesta y esta frio"])
def test_spanish_is_not_put_right_into_english(client, query):
    assert client.get("/search/", {"q": query}).context["corrected"] == ""


def test_slang_of_drugs_is_danger_only_where_it_tells_of_some(monkeypatch):
    rows = danger_rows()
    monkeypatch.setattr(danger.desk_snapshot, "danger_rows", lambda: rows)
    led = {True: [], False: []}
    for each in figures.wanted(figures.LISTS["slang"]):
        is_danger = figures.DANGER in each.pages
        led[is_danger].append(bool(danger.language_of_danger(each.query)))
    shares = {is_danger: sum(led) / len(led) for is_danger, led in led.items()}
    # As measured; before the slang was known: 0.89 and 0.13.
    assert shares[True] >= 0.96
    assert shares[False] <= 0.04


def test_words_of_danger_lead_to_help_while_the_database_is_gone(client, monkeypatch):
    def gone(*_args, **_options):
        raise OperationalError("gone")

    monkeypatch.setattr(views, "search", gone)
    page = client.get("/search/", {"q": "quiero morir"})
    assert page.status_code == 200
    assert "oprima 2" in page.text
    assert "Ayuda ahora" in page.text
    with pytest.raises(OperationalError):
        client.get("/search/", {"q": "methadone"})
