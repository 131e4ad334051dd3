"""Leads try a sentence and see why it counts or not."""

import pytest
from django.contrib.admin.models import LogEntry

from contact.models import AuditEntry, DangerPhrase
from tests.contact.pages import text
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
URL = "/admin/contact/dangerphrase/try/"


def test_a_sentence_that_counts_shows_the_pattern_that_found_it(lead):
    assert "nothing was found" in text(lead.post(URL, {"sentence": "zebrafinch"}))
    DangerPhrase.objects.create(words="want to zebrafinch", kind="suicide")
    page = text(lead.post(URL, {"sentence": "Now I wanna zebrafinhc"}))
    assert "It counts" in page
    assert "want to zebrafinch (Suicide)" in page
    assert "it stands" in page
    assert "<td>200</td>" in page


def test_signs_are_shown_with_their_points(lead):
    DangerPhrase.objects.create(words="zebrafinch, my quagga", kind="sign", points=60)
    page = text(lead.post(URL, {"sentence": "zebrafinch"}))
    assert "its words have too few points" in page
    assert "It has 60 points; 100 mean danger" in page
    page = text(lead.post(URL, {"sentence": "my quagga and zebrafinch"}))
    assert "It counts" in page
    assert "<td>my quagga</td><td>60</td>" in page


def test_words_that_take_too_many_points_away_are_named(lead):
    DangerPhrase.objects.create(words="zebrafinch", kind="suicide", points=150)
    DangerPhrase.objects.create(words="quagga", kind="sign", points=-60)
    page = text(lead.post(URL, {"sentence": "quagga zebrafinch"}))
    assert "its other words take too many points away" in page
    assert "<td>quagga</td><td>-60</td>" in page


def test_what_took_it_back_is_shown(lead):
    page = text(lead.post(URL, {"sentence": "I am not suicidal"}))
    assert "everything found was taken back" in page
    assert "not (Negation)" in page


def test_nothing_of_it_is_kept_or_cached(lead, caplog):
    before = AuditEntry.objects.count(), LogEntry.objects.count()
    response = lead.post(URL, {"sentence": "the secret zebrafinch wants to die"})
    assert "no-store" in response["Cache-Control"]
    assert (AuditEntry.objects.count(), LogEntry.objects.count()) == before
    assert "zebrafinch" not in caplog.text
    assert "zebrafinch" not in text(lead.get(URL, {"sentence": "zebrafinch"}))


@pytest.mark.parametrize("sentence", ["", "  "])
def test_an_empty_sentence_is_asked_for_again(lead, sentence):
    page = text(lead.post(URL, {"sentence": sentence}))
    assert "This field is required" in page
    assert "It counts" not in page


@pytest.mark.parametrize("group", ["Editors", "Intake", "Privacy officers"])
def test_only_leads_try(client, group):
    client.force_login(make_staff(group))
    assert client.get(URL).status_code == 403


def test_the_list_leads_there(lead):
    assert f'href="{URL}"' in text(lead.get("/admin/contact/dangerphrase/"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("kill [my self", "A bracket has no partner."),
        ("@zebra has a gun", "There is no list “zebra”."),
        ("[so] tired of life", "Begin and end with a word that must be there."),
        ("ab* cde", "Give three letters or more before the *."),
    ],
)
def test_a_pattern_is_checked_when_it_is_saved(lead, words, reason):
    data = {"words": words, "kind": "suicide", "language": "en", "points": "200"}
    response = lead.post("/admin/contact/dangerphrase/add/", data)
    assert response.status_code == 200
    assert reason in text(response)
    assert not DangerPhrase.objects.filter(words=words).exists()
