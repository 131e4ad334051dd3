"""Whoever calls us or comes to us is helped on their card, and it counts as no try of ours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact.intake.queue.selection.lists import QueueList, queue_list_of
from contact.lifecycle.changes import attempts
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallAttempt, CallbackRequest
from contact.records.enums import Direction, Status
from contact.records.outcomes import CallOutcome
from tests.contact.cards import DIGITS, NOON, address, fresh, now_is, send, text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
TALKS = [each for each in Direction if not each.is_ours]


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def asked():
    return make_request()


@pytest.fixture
def on_the_line(intake, asked):
    assert send(intake, asked, "talk", direction="incoming").status_code == 302
    return fresh(asked)


def visitors_page(client, request):
    return text(client.post("/contact/my-request/", {"reference": str(request), "digits": "0123"}))


def test_an_incoming_call_is_held_without_the_number(intake, maria, asked, on_the_line):
    page = text(intake.get(address(asked)))
    assert on_the_line.is_held_by(maria)
    assert "They are on the line" in page
    assert "Show number" not in page
    assert not [digits for digits in DIGITS if digits in page]
    # Enough to tell whether it is them.
    assert "<bdi>Ysolde Quarrington</bdi>, <strong>0123</strong>" in page
    assert not AuditEntry.objects.filter(action="revealed").exists()
    assert AuditEntry.objects.get(action="claimed").detail["direction"] == "incoming"


def test_nobody_rings_the_line_while_they_talk_on_it(on_the_line, bob):
    other = make_request(name="Another Person")
    assert not claims.claim(other, bob)
    assert claims.take_next(bob) is None


def test_the_talk_is_no_try_of_ours(intake, client, asked, on_the_line):
    response = send(intake, asked, "attempt", outcome="call_later", call_at="2026-11-25T15:00")
    assert response.status_code == 302
    talk = CallAttempt.objects.get()
    assert (talk.direction, talk.number, talk.outcome) == ("incoming", 1, "call_later")
    row = fresh(asked)
    assert (row.tries, row.talks, row.first_attempt_at, row.claimed_by) == (0, 1, None, None)
    card = text(intake.get(address(asked)))
    assert "0 calls so far · they called or came 1 time" in card
    assert queue_list_of(row, NOON) == QueueList.WAITING
    assert str(row) in text(intake.get("/intake/?list=waiting"))
    assert "They called us: Asked to be called at" in card
    page = visitors_page(client, asked)
    assert "You called us at noon today, your time." in page
    assert "We have called" not in page
    entry = AuditEntry.objects.get(action="called")
    assert entry.detail["direction"] == "incoming"


def test_after_a_talk_the_rule_for_whom_we_reached_holds(intake, asked, on_the_line):
    response = send(intake, asked, "attempt", outcome="reached")
    page = text(intake.get(response["Location"].partition("#")[0]))
    assert "You talked with them" in page
    row = fresh(asked)
    assert (row.status, row.due_at > NOON + timedelta(hours=1)) == (Status.TRYING, True)
    assert send(intake, asked, "close", outcome="answered").status_code == 302
    assert "closed before anyone called" not in text(intake.get(address(asked)))


@pytest.mark.parametrize("outcome", [each for each in CallOutcome if not each.facts.talk])
def test_what_no_talk_can_end_with_is_neither_offered_nor_taken(
    intake, maria, on_the_line, outcome
):
    page = intake.get(address(on_the_line)).text
    assert f'name="outcome" value="{outcome}"' not in page
    response = send(intake, on_the_line, "attempt", outcome=outcome, note="They spoke softly.")
    assert response.status_code == 422
    assert "They spoke softly." in response.text
    assert not CallAttempt.objects.exists()
    with pytest.raises(attempts.InvalidTransition):
        attempts.record_attempt(on_the_line, maria, outcome, direction=Direction.INCOMING)


@pytest.mark.parametrize("direction", TALKS)
def test_the_visitor_reads_how_they_came_to_us(intake, client, asked, direction):
    send(intake, asked, "talk", direction=direction)
    held = visitors_page(client, asked)
    assert "has your request open right now. What" in held
    assert "your phone may ring" not in held
    send(intake, asked, "attempt", outcome="reached")
    words = {Direction.INCOMING: "You called us at", Direction.IN_PERSON: "You came to us at"}
    assert words[direction] in visitors_page(client, asked)


def test_who_called_about_a_wrong_number_is_not_taken_for_the_visitor(
    intake, client, asked, on_the_line
):
    send(intake, asked, "attempt", outcome="wrong_number")
    assert fresh(asked).status == Status.LEAD
    assert "You called us" not in visitors_page(client, asked)


def test_a_talk_that_is_taken_back_is_told_to_nobody(intake, client, asked, on_the_line):
    send(intake, asked, "attempt", outcome="call_later", call_at="2026-11-25T15:00")
    key = asked.steps.get().pk
    assert intake.post(address(asked, "undo"), {"step": key}).status_code == 302
    assert (fresh(asked).talks, fresh(asked).tries) == (0, 0)
    assert "You called us" not in visitors_page(client, asked)


def test_whoever_waits_for_a_lead_can_call_all_the_same(intake, asked):
    CallbackRequest.objects.update(status="lead")
    assert "They are on the line" in text(intake.get(address(asked)))
    assert send(intake, asked, "talk", direction="incoming").status_code == 302
    assert send(intake, asked, "attempt", outcome="reached").status_code == 302


def test_whom_a_colleague_holds_is_left_to_the_colleague(intake, asked, bob):
    assert claims.claim(asked, bob)
    assert "They are on the line" not in text(intake.get(address(asked)))
    response = send(intake, asked, "talk", direction="incoming")
    assert response.status_code == 409
    assert fresh(asked).claimed_by == bob


@pytest.mark.parametrize("direction", ["", "outgoing", "sideways"])
def test_a_call_of_ours_is_no_talk(intake, asked, direction):
    assert send(intake, asked, "talk", direction=direction).status_code == 409
    assert fresh(asked).claimed_by is None


def test_a_card_opened_before_a_change_takes_nothing(intake, asked):
    assert send(intake, asked, "talk", direction="incoming", version=7).status_code == 409
    assert fresh(asked).claimed_by is None


def test_the_talk_goes_with_the_call_to_a_colleague(intake, client, asked, on_the_line, bob):
    assert send(intake, asked, "hand-over", to=bob.pk).status_code == 302
    client.force_login(bob)
    assert "They are on the line" in text(client.get(address(asked)))


@pytest.mark.parametrize("way", ["release", "lease"])
def test_the_next_call_is_a_try_again(intake, maria, asked, on_the_line, bob, way):
    if way == "release":
        send(intake, asked, "release")
    else:
        CallbackRequest.objects.update(claimed_until=timezone.now() - timedelta(minutes=1))
    assert claims.claim(fresh(asked), bob)
    assert not fresh(asked).is_talking
    attempts.record_attempt(fresh(asked), bob, "no_answer")
    assert (fresh(asked).tries, fresh(asked).talks) == (1, 0)


def test_lists_say_that_they_talk(client, on_the_line):
    client.force_login(make_staff("Intake leads"))
    assert "Talking with maria now" in text(client.get("/intake/"))
    token = f"{on_the_line.pk}:{on_the_line.version}"
    question = client.post("/intake/bulk/", {"chosen": [token], "do": "release"})
    assert "Talking with maria now" in text(question)


def test_privacy_officers_and_closed_requests_have_no_such_button(intake, client):
    closed = make_request(outcome="answered")
    assert "They are on the line" not in text(intake.get(address(closed)))
    assert send(intake, closed, "talk", direction="incoming").status_code == 409
    client.force_login(make_staff("Privacy officers"))
    assert "They are on the line" not in text(client.get(address(make_request())))
