"""Visitors read two words by which they know our call, and nobody else reads theirs."""

import re
from html import unescape

import pytest

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest
from contact.records.requests.code_words import PAIRS, code_words
from contact.visitor.told import desk_snapshot, snapshot_writing
from tests.factories import callback_payload, make_request

pytestmark = pytest.mark.django_db
SAID = re.compile(r"we say: “<strong>(.+?)</strong>”. You may answer: “<strong>(.+?)</strong>”")
SAID_IN_SPANISH = re.compile(
    r'lang="es">.*decimos: «<strong>(.+?)</strong>». Puede contestar: «<strong>(.+?)</strong>»'
)


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def sent(client, **over):
    return client.post("/contact/", callback_payload(**over))


def my_request(client, request):
    return text(client.post("/contact/my-request/", {"reference": str(request), "digits": "0123"}))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", SAID), ("other", SAID), ("es", SAID_IN_SPANISH)],
    ids=["English", "another", "Spanish"],
)
def test_thanks_and_own_page_tell_the_words_that_the_team_has(client, language, said):
    snapshot_writing.write_snapshot()
    answer = sent(client, language=language)
    (told,) = said.findall(text(client.get(answer["Location"])))
    journal.drain()
    request = CallbackRequest.objects.get()
    assert told == code_words(request.code_words, language)
    assert said.findall(my_request(client, request)) == [told]
    for word in told:
        assert word not in answer["Location"]


def test_without_a_fresh_snapshot_no_words_are_told(client, monkeypatch):
    assert "we say:" not in text(client.get(sent(client, language="en")["Location"]))
    snapshot_writing.write_snapshot()
    monkeypatch.setattr(desk_snapshot, "MAX_AGE", -desk_snapshot.MAX_AGE)
    second = sent(client, language="en", key="another")
    assert "we say:" not in text(client.get(second["Location"]))
    journal.drain()
    assert {each.code_words for each in CallbackRequest.objects.all()} == {None}


def test_the_snapshot_knows_the_words_of_open_requests_alone():
    make_request(code_words=5 * PAIRS + 6)
    make_request(code_words=7 * PAIRS + 8, outcome="not_now")
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().code_words == {5 * PAIRS + 6}


def test_a_request_from_before_or_closed_has_no_words_to_tell(client):
    assert "we say:" not in my_request(client, make_request())
    closed = make_request(code_words=5 * PAIRS + 6, outcome="not_now")
    assert "we say:" not in my_request(client, closed)
