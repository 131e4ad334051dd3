"""A card of somebody who may be in danger opens with what to ask and who can help now."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact.models import CallbackRequest, DangerPhrase
from contact.visitor.told import snapshot_writing
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.contact.pages import said
from tests.factories import make_helpline, make_request

pytestmark = pytest.mark.django_db
QUESTION = "Are you safe right now?"


def in_danger(**over):
    return make_request(priority=CallbackRequest.Priority.DANGER, **over)


def test_the_safety_question_and_the_lines_come_before_everything_else(intake):
    make_helpline(name="A crisis line", kind="crisis", dial="988", phone="988")
    make_helpline(name="Another one", kind="crisis", dial="+16025550111", phone="602-555-0111")
    make_helpline(name="Only a number to dial", kind="crisis", dial="+16025550112", phone="")
    make_helpline(name="Unchecked line", kind="crisis", verified_on=None)
    make_helpline(name="A line for advice", kind="support")
    page = text(intake.get(address(in_danger())))
    start = page.partition('class="card__safe"')[2]
    assert start.index(QUESTION) < start.index("Ask for</dt>")
    block = start.partition("</section>")[0]
    assert 'href="tel:988"' in block
    assert 'href="tel:+16025550111"' in block
    assert '<a href="tel:+16025550112"><bdi>+16025550112</bdi></a>' in block
    for other in ("Unchecked line", "A line for advice", "Nobody has verified"):
        assert other not in block


def test_without_verified_lines_911_and_988_are_named(intake):
    page = text(intake.get(address(in_danger())))
    assert "A life at risk: 911. Thoughts of suicide: 988." in page


@pytest.mark.parametrize("language", ["en", "es", "other"])
def test_the_question_stands_in_their_language_too_and_in_the_script(intake, language):
    page = text(intake.get(address(in_danger(language=language))))
    block, _, rest = page.partition("Ask for</dt>")
    assert QUESTION in block
    assert ("¿Está a salvo" in block) is (language == "es")
    assert ("How can we help?" in rest) is False
    script = rest.partition("Only after they said yes")[2].partition("</dd>")[0]
    assert ("¿Está a salvo" if language == "es" else QUESTION) in script


def test_rules_for_voicemail_and_announcing_hold_in_danger_too(intake):
    page = text(intake.get(address(in_danger(voicemail="none", announce="no"))))
    assert "No message. Hang up." in page
    assert "Do not say who is calling or why." in page


def test_an_ordinary_card_asks_how_we_can_help(intake):
    page = text(intake.get(address(make_request())))
    assert QUESTION not in page
    assert "How can we help?" in page


def test_danger_of_a_linked_request_is_the_persons(intake):
    asked = make_request()
    in_danger(person=asked.person, phone="+16025550199")
    assert QUESTION in text(intake.get(address(asked)))


def test_danger_written_in_spanish_is_asked_about_in_spanish_whatever_was_chosen(intake):
    asked = in_danger(language="en", message="quiero morir")
    page = text(intake.get(address(asked)))
    assert QUESTION in page
    assert "¿Está a salvo en este momento?" in page
    assert "They wrote in Spanish." in page
    in_english = in_danger(language="en", message="I want to die", phone="+16025550199")
    assert "Spanish." not in text(intake.get(address(in_english)))


def test_the_patterns_are_not_read_again_for_each_card(intake):
    in_spanish = in_danger(language="en", message="quiero morir")
    snapshot_writing.write_snapshot()
    with CaptureQueriesContext(connection) as queries:
        assert "They wrote in Spanish." in text(intake.get(address(in_spanish)))
    assert not [sql for sql in map(str, queries) if DangerPhrase._meta.db_table in sql]


def test_danger_waits_for_no_hour_and_says_which_was_chosen(intake, maria, monkeypatch):
    now_is(monkeypatch, NOON)
    asked = held(in_danger(best_time="evening"), maria)
    page = text(intake.get(address(asked)))
    assert "They chose: Evening" in page
    assert "Asked for 5" not in page
    assert send(intake, asked, "reveal").status_code == 302
    assert fresh(asked).revealed_at


def test_the_hand_over_is_the_first_button_counts_as_reached_and_goes_to_a_lead(intake, maria):
    asked = held(in_danger(), maria)
    send(intake, asked, "reveal", anyway="on")
    taps = intake.get(address(asked)).text.partition("outcomes__taps")[2]
    assert taps.index('value="emergency"') < taps.index('value="reached"')
    send(intake, asked, "attempt", outcome="emergency", note="With 911 now")
    after = fresh(asked)
    assert (after.status, after.is_in_danger, after.is_danger) == ("lead", False, True)
    assert after.reached_at == after.attempts.get().at


WORDS = "She wants to kill herself"


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("note", {"text": WORDS}),
        ("attempt", {"outcome": "no_answer", "note": WORDS}),
        ("correct", {"caller": "Ysolde", "needs": WORDS}),
    ],
)
@pytest.mark.parametrize("is_danger", [False, True])
def test_staff_are_told_when_their_words_put_a_request_first(intake, maria, step, data, is_danger):
    asked = held(make_request(priority=0 if is_danger else 1), maria)
    choices = {
        name: getattr(asked, name)
        for name in ("calling_for", "announce", "voicemail", "best_time", "language", "time_zone")
    }
    response = send(intake, asked, step, **choices | data)
    assert response.status_code == 302
    told = " ".join(said(intake.get(response.url)))
    assert ("What you wrote may mean danger" in told) is not is_danger
