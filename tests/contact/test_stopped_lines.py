"""A line that asked to stop: what comes later waits until a person decided, and nobody is told."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contact.intake.card.page.related_requests import related_requests
from contact.intake.card.page.scope_words import scope_words
from contact.intake.queue.queue_page import load_queue_page
from contact.intake.queue.selection.return_query import parse_query
from contact.lifecycle.changes import attempts, corrections, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.journal import journal
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest, LineStop, OpeningHours, line_index
from contact.privacy.audit_trail import audit
from contact.records.requests.code_words import code_words
from contact.visitor.told import snapshot_writing
from tests.contact.cards import fresh, text
from tests.contact.desks import clock
from tests.factories import PHONE, callback_payload, make_request

pytestmark = pytest.mark.django_db
LINE = line_index(PHONE, "12")


@pytest.fixture
def stop():
    for weekday in range(7):
        OpeningHours.objects.create(weekday=weekday, opens=clock("0:00"), closes=clock("23:59"))
    made = LineStop.objects.create(line_index=LINE)
    snapshot_writing.write_snapshot()
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


def told(page, asked):
    """The words of a page without those that differ from one request to the next."""
    typed = f"extension {asked.extension}"
    for each in (str(asked), typed, *(code_words(asked.code_words, asked.language) or ())):
        page = page.replace(each, "…")
    return re.sub(r'(?<=name="token" value=")[^"]+', "…", page)


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"best_time": "evening", "time_zone": "America/New_York"},
        {"message": "I want to kill myself"},
    ],
)
def test_nobody_learns_from_the_form_that_a_line_asked_to_stop(client, stop, over, monkeypatch):
    """Anyone may type anyone's number: an ex-partner must not learn that somebody knows us."""
    # Both pages tell times, and a minute may end between them.
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    pages = []
    for extension in ("12", "15"):
        phone = f"(602) 555-0123 ext. {extension}"
        thanks, asked = ask(client, phone=phone, key=extension, **over)
        pages.append([told(page, asked) for page in (thanks, look_up(client, asked))])
        assert asked.status == ("lead" if extension == "12" and not asked.is_danger else "new")
    stopped, other = pages
    assert stopped == other


def test_a_stop_of_the_number_holds_for_its_extensions(client, stop):
    LineStop.objects.create(line_index=line_index(PHONE, ""))
    assert ask(client, phone="602-555-0123 x15")[1].status == "lead"
    assert ask(client, phone="602-555-0177 x15")[1].status == "new"


def test_who_waits_on_an_extension_when_the_number_is_stopped_is_told_apart_and_not_closed(maria):
    owner, room, other = (
        make_request(extension=each, phone=phone)
        for each, phone in (("", PHONE), ("15", PHONE), ("", "+16025550177"))
    )
    stops = scope_words(related_requests(owner)).stop
    assert "1 request on an extension of this number stays open" in stops.for_line
    assert "extension" not in scope_words(related_requests(room)).stop.for_line
    assert "extension" not in scope_words(related_requests(other)).stop.for_line
    with transaction.atomic():
        attempts.record_attempt(claims.lock(owner.pk), maria, "stop", scope=Scope.LINE)
    assert fresh(owner).outcome == "stop"
    assert row_of(room, maria).stop.startswith("Somebody asked for no calls here on ")
    assert row_of(other, maria).stop == ""


def test_what_a_lead_planned_after_a_stop_carries_no_warning_in_lists(client, stop, maria):
    _thanks, asked = ask(client)
    with transaction.atomic():
        transitions.replan(claims.lock(asked.pk), maria, timezone.now() + timedelta(minutes=5))
    assert row_of(asked, maria).stop == ""


def test_a_lead_sees_by_when_to_decide(client, stop, maria):
    _thanks, asked = ask(client)
    assert asked.promised_by
    assert row_of(asked, maria).promise.startswith("Call by ")
    CallbackRequest.objects.update(call_by=timezone.now() - timedelta(minutes=1))
    assert row_of(asked, maria).is_late


def test_danger_on_a_stopped_line_waits_for_no_lead_and_says_what_was_asked(client, stop, maria):
    _thanks, asked = ask(client, message="I want to kill myself")
    assert row_of(asked, maria).stop.startswith("Somebody asked for no calls here on ")
    assert claims.take_next(maria) == asked


def test_danger_that_is_written_later_ends_the_wait_for_a_lead(client, stop, maria):
    _thanks, asked = ask(client)
    with transaction.atomic():
        danger.raise_priority(claims.lock(asked.pk), audit.VISITOR, "I want to kill myself")
    assert claims.take_next(maria) == asked


def test_a_stop_taken_back_holds_no_more(client, stop):
    LineStop.objects.update(lifted_at=timezone.now())
    _thanks, asked = ask(client)
    assert asked.status == "new"


def test_a_time_that_its_visitor_names_decides_nothing(client, stop, maria):
    _thanks, asked = ask(client)
    at = timezone.now() + timedelta(days=1)
    with transaction.atomic():
        transitions.replan(claims.lock(asked.pk), audit.VISITOR, at, Scope.REQUEST)
    assert fresh(asked).status == "lead"
    with transaction.atomic():
        transitions.replan(claims.lock(asked.pk), maria, at)
    assert fresh(asked).status == "new"


def test_a_number_corrected_to_a_stopped_line_waits_too(stop, maria):
    asked = make_request(phone="+16025550177", extension="12")
    with transaction.atomic():
        corrections.correct(claims.lock(asked.pk), maria, {"phone": PHONE})
    assert fresh(asked).status == "lead"
    assert claims.take_next(maria) is None


@pytest.mark.parametrize("given", [{"phone": "+16025550177"}, {"extension": "15"}])
def test_a_number_corrected_away_from_a_stopped_line_is_called(client, stop, maria, given):
    _thanks, asked = ask(client)
    with transaction.atomic():
        corrections.correct(claims.lock(asked.pk), maria, given)
    assert fresh(asked).status == "new"


def test_a_corrected_number_decides_nothing_else_that_waits_for_a_lead(client, stop, maria):
    _thanks, asked = ask(client)
    LineStop.objects.create(line_index=line_index("+16025550177", "12"))
    tried = make_request(status="lead", tries=1)
    for request in (asked, tried):
        with transaction.atomic():
            corrections.correct(claims.lock(request.pk), maria, {"phone": "+16025550177"})
        assert fresh(request).status == "lead"


def test_lists_say_why_it_waits_and_when_the_stop_was(client, stop, maria):
    _thanks, asked = ask(client)
    other = make_request(status="lead")
    day = timezone.localtime(stop.stopped_at)
    words = row_of(asked, maria).stop
    assert words.startswith("Somebody asked for no calls here on ")
    assert f"{day.day}, {day.year}; this may be somebody else." in words
    assert row_of(other, maria).stop == ""
