"""After a call: its outcome, the lead's decision, and messages that link to the card."""

import re
from datetime import date, timedelta

import pytest
from django.db import transaction

from contact.lifecycle.changes import attempts
from contact.lifecycle.team import claims
from contact.models import OpeningHours, Place
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.contact.pages import said
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
PLAN, CLOSE = 'id="_form_plan"', 'id="_form_close"'


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def written(asked, by, outcome, **over):
    held(asked, by)
    with transaction.atomic():
        return attempts.record_attempt(claims.lock(asked.pk), by, outcome, **over)


def left_to_a_lead(asked, by, outcome="wrong_number"):
    written(asked, by, outcome)
    assert fresh(asked).status == "lead"
    return fresh(asked)


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("attempt", {"outcome": "no_answer"}),
        ("attempt", {"outcome": "stop"}),
        ("close", {"outcome": "answered"}),
        ("plan", {"call_at": "2026-11-26T09:00"}),
        ("release", {}),
        ("hand-over", {}),
    ],
)
def test_what_is_said_on_the_list_leads_back_to_the_card(intake, maria, bob, step, data):
    asked = held(make_request(), maria)
    if step == "hand-over":
        data = {"to": bob.pk}
    query = "?back=list%3Dnow"
    response = intake.post(address(asked, step) + query, data | {"version": asked.version})
    page = intake.get(response.url)
    link = f'<a href="{address(asked)}{query}"><bdi>{asked}</bdi></a> · '
    assert said(page)[0].startswith(link)
    assert link in page.content.decode()


def test_a_colleague_s_name_in_a_message_stays_words(intake, maria):
    asked = held(make_request(), maria)
    other = make_staff("Intake", username="zed", first_name="<b>Zed</b>")
    page = intake.get(send(intake, asked, "hand-over", to=other.pk).url)
    assert "<b>Zed" not in page.content.decode()
    assert "<b>Zed</b> holds this call now." in text(page)


@pytest.mark.parametrize(
    ("outcome", "tries", "words"),
    [
        ("wrong_number", 0, "Wrong number."),
        ("mismatch", 4, "Needs someone else: language or other needs."),
        ("no_answer", 0, "The tries are used up: 1 call, with “No answer”."),
        ("no_answer", 6, "The tries are used up: 7 calls, the last with “No answer”."),
        ("reached", 0, "They were reached, and nobody wrote down how it ended."),
    ],
)
def test_the_card_says_why_a_lead_decides(intake, maria, outcome, tries, words):
    asked = make_request(tries=tries)
    asked.attempts.create(by=maria, at=NOON - timedelta(days=1), outcome="voicemail")
    asked.attempts.create(by=maria, at=NOON - timedelta(hours=1), outcome=outcome)
    asked.tries, asked.status = tries + 1, "lead"
    asked.save()
    assert words in text(intake.get(address(asked)))
    asked.status = "trying"
    asked.save()
    assert words not in text(intake.get(address(asked)))


def test_why_a_lead_decides_is_said_on_every_open_request_of_the_person(intake, maria):
    asked = make_request()
    other = make_request(person=asked.person)
    left_to_a_lead(asked, maria)
    assert "Wrong number." in text(intake.get(address(other)))


def test_who_decides_finds_both_ways_before_the_call(lead, maria):
    asked = left_to_a_lead(make_request(), maria)
    page = text(lead.get(address(asked)))
    assert page.count(PLAN) == page.count(CLOSE) == 1
    assert page.index("You decide what follows") < page.index(PLAN) < page.index("Take this call")
    assert page.index(CLOSE) < page.index("Take this call")
    send(lead, asked, "claim")
    page = text(lead.get(address(asked)))
    assert page.index(PLAN) < page.index(CLOSE) < page.index("Show number and call")
    send(lead, asked, "reveal")
    page = text(lead.get(address(asked)))
    assert "You decide what follows" not in page
    assert page.index('href="tel:') < page.index(PLAN)
    assert page.count(PLAN) == page.count(CLOSE) == 1


def test_a_lead_s_refused_form_comes_back_once_with_every_word(lead, maria):
    asked = left_to_a_lead(make_request(), maria)
    refused = send(lead, asked, "close", reason="Nobody by that name.")
    assert refused.status_code == 422
    assert text(refused).count("Nobody by that name.") == 1


def test_who_does_not_decide_is_offered_no_decision(intake, maria):
    asked = left_to_a_lead(make_request(), maria)
    page = text(intake.get(address(asked)))
    assert "A lead decides about this one. You can add a note." in page
    assert "You decide what follows" not in page
    assert PLAN not in page
    held(asked, maria)
    page = text(intake.get(address(asked)))
    assert "You decide what follows" not in page
    assert page.index("Show number and call") < page.index(PLAN)


def test_after_a_talk_what_can_follow_one_stands_first(intake, maria):
    asked = make_request()
    written(asked, maria, "reached")
    page = text(intake.get(address(asked)))
    before, behind = page.split("Another ending")
    behind = behind.split("</details>")[0]
    for value in ("came_in", "referred", "answered", "not_now", "stop"):
        assert f'value="{value}"' in before
    for value in ("unreachable", "wrong_number", "duplicate", "spam"):
        assert f'value="{value}"' not in before
        assert f'value="{value}"' in behind
    assert "<details>" in before[-80:]


def test_another_ending_stays_open_when_it_was_chosen(intake, maria):
    asked = make_request()
    written(asked, maria, "reached")
    refused = send(intake, asked, "close", outcome="duplicate", reason="word " * 2500)
    assert refused.status_code == 422
    assert "<details open>" in text(refused).split("Another ending")[0][-80:]


def test_without_a_talk_every_ending_is_offered_at_once(intake, maria):
    asked = held(make_request(), maria)
    page = text(intake.get(address(asked)))
    assert "Another ending" not in page
    assert 'value="came_in"' in page
    assert 'value="unreachable"' in page


def test_a_missing_place_is_no_dead_end(intake, maria):
    Place.objects.create(name="Example House", verified_on=date(2026, 11, 1))
    asked = held(make_request(), maria)
    refused = send(intake, asked, "close", outcome="referred")
    assert "Choose the place. If it is missing, ask a lead to add it." in text(refused)


def test_hours_that_never_meet_ours_are_said_beside_their_time(intake):
    words = "Their hours never meet ours"
    asked = make_request(best_time="evening")
    assert words not in text(intake.get(address(asked)))
    OpeningHours.objects.create(weekday=1, opens="09:00", closes="16:00")
    assert words in text(intake.get(address(asked)))
    closed = make_request(best_time="evening", outcome="not_now", phone="+16025550199")
    assert words not in text(intake.get(address(closed)))
    OpeningHours.objects.create(weekday=2, opens="09:00", closes="18:00")
    assert words not in text(intake.get(address(asked)))


def test_who_changed_it_in_another_tab_is_told_so(intake, maria, bob):
    asked = held(make_request(), maria)
    version = asked.version
    send(intake, asked, "plan", call_at="2026-11-26T09:00")
    held(fresh(asked), maria)
    page = text(send(intake, asked, "attempt", version=version, outcome="no_answer"))
    assert "You took this call in another tab, today noon." in page
    assert "maria took" not in page


def test_no_sentence_ends_with_two_stops(intake, maria, monkeypatch):
    now_is(monkeypatch, NOON - timedelta(hours=1))
    intake.force_login(maria)
    asked = held(make_request(), maria)
    refused = send(intake, asked, "attempt", version=0, outcome="no_answer")
    assert "another tab, today 11 a.m. What you wrote" in text(refused)
    page = intake.get(send(intake, asked, "plan", call_at="2026-11-25T09:00").url)
    (message,) = said(page)
    assert "they are called tomorrow, Wednesday 9 a.m." in message
    assert ".." not in message


def test_a_jump_to_a_part_of_the_card_takes_the_keyboard_along(intake, maria):
    asked = held(make_request(), maria)
    send(intake, asked, "reveal")
    page = text(intake.get(address(asked)))
    assert 'id="_call" tabindex="-1"' in page
    assert 'id="_form_note" tabindex="-1"' in page
    send(intake, asked, "attempt", outcome="reached")
    assert 'id="_ending" tabindex="-1"' in text(intake.get(address(asked)))


def boxes(page):
    """The other requests that can be closed with this one: their keys, and which are ticked."""
    found = re.findall(r'<input[^>]* name="others" value="([^"]+)"([^>]*)>', page.content.decode())
    return {pk: "checked" in rest for pk, rest in found}


def test_what_is_closed_along_is_shown_by_name_and_reference(intake, maria):
    asked = held(make_request(), maria)
    other = make_request(person=asked.person)
    page = intake.get(address(asked))
    assert boxes(page) == {str(other.pk): True}
    form = text(page).split(CLOSE)[1].split("</form>")[0]
    assert f"<bdi>{other}</bdi>" in form
    assert other.name in form


@pytest.mark.parametrize("others", [[], ["theirs"]])
def test_another_person_s_request_from_a_shared_phone_is_never_closed_along(intake, maria, others):
    mine, theirs = make_request(), make_request()
    held(mine, maria)
    assert boxes(intake.get(address(mine))) == {}
    send(intake, mine, "close", outcome="answered", others=[theirs.pk for _ in others])
    assert fresh(theirs).is_open


def test_a_linked_request_on_another_number_is_closed_only_if_ticked(intake, maria):
    mine = make_request(name="Jon Smithson")
    linked = make_request(name="Zenobia Quickly", phone="+16025550199", person=mine.person)
    held(mine, maria)
    assert boxes(intake.get(address(mine))) == {str(linked.pk): True}
    send(intake, mine, "close", outcome="answered")
    assert fresh(linked).is_open


def test_what_came_after_the_card_was_shown_is_not_closed_unread(intake, maria):
    asked = held(make_request(), maria)
    seen = make_request(person=asked.person)
    ticked = list(boxes(intake.get(address(asked))))
    unseen = make_request(priority=0, message="I want to end my life.", person=asked.person)
    response = send(intake, asked, "close", outcome="answered", others=ticked)
    assert [fresh(row).outcome for row in (asked, seen, unseen)] == ["answered", "duplicate", ""]
    words = "1 other request is closed too. 1 other request of this person is still open."
    assert words in text(intake.get(response.url))


def test_requests_of_other_numbers_are_not_closed_along(intake, maria):
    asked, stranger = held(make_request(), maria), make_request(phone="+16025550199")
    send(intake, asked, "close", outcome="answered", others=[stranger.pk, "x"])
    assert fresh(stranger).is_open


def test_a_refused_ending_keeps_what_was_ticked(intake, maria):
    asked = held(make_request(), maria)
    one, two = (make_request(person=asked.person) for _ in range(2))
    refused = send(intake, asked, "close", others=[one.pk])
    assert boxes(refused) == {str(one.pk): True, str(two.pk): False}
