"""A line that asked to stop: what comes later waits until a person decided, and is told so."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contact.intake.queue.queue_page import load_queue_page
from contact.intake.queue.return_query import parse_query
from contact.lifecycle import claims, corrections, journal, transitions
from contact.lifecycle.transitions import Scope
from contact.models import CallbackRequest, LineStop, OpeningHours, line_index
from contact.privacy import audit
from contact.visitor import desk_snapshot
from tests.contact.cards import fresh, text
from tests.contact.desks import clock
from tests.factories import PHONE, callback_payload, make_request

pytestmark = pytest.mark.django_db
LINE = line_index(PHONE, "12")
DECIDES = "Someone on our team decides how to go on."


@pytest.fixture
def stop():
    for weekday in range(7):
        OpeningHours.objects.create(weekday=weekday, opens=clock("0:00"), closes=clock("23:59"))
    made = LineStop.objects.create(line_index=LINE)
    desk_snapshot.write_snapshot()
    return made


def ask(client, **over):
    """Send the form; return the thank-you and the request."""
    thanks = client.get(client.post("/contact/", callback_payload(**over))["Location"])
    journal.drain()
    return text(thanks), CallbackRequest.objects.latest("received_at")


def look_up(client, asked):
    return text(client.post("/contact/my-request/", {"reference": str(asked), "digits": "0123"}))


def row_of(asked, account):
    page = load_queue_page(parse_query(""), account)
    return next(row for row in page.rows if row.request == asked)


def test_no_page_promises_a_call_that_nobody_has_decided_on(client, stop):
    thanks, asked = ask(client)
    assert asked.status == "lead"
    for page in (thanks, look_up(client, asked)):
        assert DECIDES in page
        assert "We will call you" not in page
        assert "We plan to call" not in page
        assert "team calls the number" not in page


def test_another_line_is_promised_a_call(client, stop):
    thanks, asked = ask(client, phone="602-555-0123")
    assert asked.status == "new"
    assert "We will call you by" in thanks
    assert DECIDES not in thanks + look_up(client, asked)


def test_nobody_in_danger_is_told_that_we_call_for_sure(client, stop):
    thanks, _asked = ask(client, message="I want to kill myself")
    assert "In danger now?" in thanks
    assert DECIDES in thanks
    assert "We call you" not in thanks


def test_a_stop_taken_back_holds_no_more(client, stop):
    LineStop.objects.update(lifted_at=timezone.now())
    desk_snapshot.write_snapshot()
    thanks, asked = ask(client)
    assert asked.status == "new"
    assert DECIDES not in thanks


def test_a_time_that_its_visitor_names_decides_nothing(client, stop, maria):
    _thanks, asked = ask(client)
    at = timezone.now() + timedelta(days=1)
    with transaction.atomic():
        transitions.replan(claims.lock(asked.pk), audit.VISITOR, at, Scope.REQUEST)
    assert fresh(asked).status == "lead"
    assert "reads that you asked for" in look_up(client, asked)
    with transaction.atomic():
        transitions.replan(claims.lock(asked.pk), maria, at)
    assert fresh(asked).status == "new"


def test_a_number_corrected_to_a_stopped_line_waits_too(stop, maria):
    asked = make_request(phone="+16025550177", extension="12")
    with transaction.atomic():
        corrections.correct(claims.lock(asked.pk), maria, {"phone": PHONE})
    assert fresh(asked).status == "lead"
    assert claims.take_next(maria) is None


def test_lists_say_why_it_waits_and_when_the_stop_was(client, stop, maria):
    _thanks, asked = ask(client)
    other = make_request(status="lead")
    day = timezone.localtime(stop.stopped_at)
    words = row_of(asked, maria).stop
    assert words.startswith("This line asked to stop on ")
    assert f"{day.day}, {day.year}; this may be somebody else." in words
    assert row_of(other, maria).stop == ""
