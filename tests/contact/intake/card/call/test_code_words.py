"""The card holds the words that the visitor was told, and counts those that were wrong."""

import pytest

from contact.models import AuditEntry, CallbackRequest
from contact.privacy.audit_trail import audit
from contact.records.requests.code_words import PAIRS, code_words
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
PAIR = 3 * PAIRS + 5


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def asked(intake, maria):
    return held(make_request(code_words=PAIR), maria)


def wrong(client, request, counted):
    return client.post(address(request, "wrong-word"), {"counted": counted})


@pytest.mark.parametrize(("language", "other"), [("en", "es"), ("es", "en"), ("other", "es")])
def test_the_card_shows_both_words_in_both_languages_theirs_first(intake, language, other):
    request = make_request(code_words=PAIR, language=language)
    theirs, more = code_words(PAIR, language), code_words(PAIR, other)
    page = text(intake.get(address(request)))
    words = [theirs.first, theirs.second, f"{more.first}, {more.second}"]
    places = [page.index(f">{each}</") for each in words]
    assert places == sorted(places)


def test_words_of_the_persons_other_open_request_are_there_too(intake, asked):
    other = make_request(code_words=PAIR + 1, person=asked.person)
    closed = make_request(code_words=PAIR + 2, person=asked.person, outcome="not_now")
    page = text(intake.get(address(asked)))
    assert f">{code_words(other.code_words, 'en').second}</strong>" in page
    assert f">{code_words(closed.code_words, 'en').second}</strong>" not in page


def test_a_request_without_words_says_nothing_of_them(intake):
    for over in ({}, {"code_words": PAIR, "outcome": "not_now"}):
        assert "Code words" not in text(intake.get(address(make_request(**over))))


def test_wrong_words_are_counted_and_after_three_the_card_says_stop(intake, maria, asked):
    for counted in range(3):
        page = text(intake.get(address(asked)))
        assert "Stop here." not in page
        assert wrong(intake, asked, counted).status_code == 302
    page = text(intake.get(address(asked)))
    assert "Stop here." in page
    assert "3 wrong words since the last call was written down." in page
    entries = AuditEntry.objects.filter(action="wrong word")
    assert [(each.actor, each.request_id, each.detail) for each in entries] == [
        (maria, asked.pk, {})
    ] * 3
    assert audit.verify() is None


def test_a_button_pressed_twice_counts_once(intake, asked):
    for _ in range(2):
        wrong(intake, asked, 0)
    assert AuditEntry.objects.filter(action="wrong word").count() == 1


def test_the_next_call_begins_to_count_anew(intake, asked):
    wrong(intake, asked, 0)
    send(intake, asked, "reveal", anyway="on")
    send(intake, asked, "attempt", outcome="someone_else")
    page = text(intake.get(address(asked)))
    assert "wrong word" not in page
    assert fresh(asked).tries == 1


def test_only_who_holds_the_call_counts(client, asked):
    client.force_login(make_staff("Intake"))
    assert wrong(client, asked, 0).status_code == 409
    client.force_login(make_staff("Privacy officers"))
    assert wrong(client, asked, 0).status_code == 403
    assert "They said another word" not in text(client.get(address(asked)))
    assert not AuditEntry.objects.filter(action="wrong word").exists()
    assert CallbackRequest.objects.get().version == fresh(asked).version
