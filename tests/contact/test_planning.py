"""What comes next: the part of the card that two people may change at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from contact.models import CallbackRequest, Emptied, Note
from tests.contact.pages import card, said, text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

CHANGED_MEANWHILE = "this request was changed while you had it open"
STILL_OPEN = "Still open: close it or plan a next call."


def state(request):
    request.refresh_from_db()
    return request.status, request.outcome


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def stopped_after_it_was_opened(**over):
    """A request that someone closed after someone else had opened its card."""
    request = make_request(**over)
    opened = card(request)
    request.close("stop")
    return request, opened


# Two people, one card


def test_the_card_carries_what_it_shows(intake):
    request = make_request(next_call_at=timezone.now() + timedelta(days=1), status="trying")
    page = text(intake.get(request.get_admin_url()))
    shown = card(request)
    for name in ("status", "outcome", "next_call_at"):
        assert f'<input type="hidden" name="initial-{name}"' in page
    planned = shown["next_call_at"]
    assert f'<input type="datetime-local" name="next_call_at" value="{planned}"' in page
    assert f'<input type="hidden" name="initial-next_call_at" value="{planned}"' in page


def test_a_note_on_a_stale_card_does_not_open_a_stopped_request(intake):
    request, opened = stopped_after_it_was_opened()
    over = {"notes-0-text": "she sounded tired", "attempts-0-outcome": "no_answer"}
    assert intake.post(request.get_admin_url(), opened | over).status_code == 302
    assert state(request) == ("closed", "stop")
    assert request.notes.get().text == "she sounded tired"
    assert request.attempts.get().outcome == "no_answer"


@pytest.mark.parametrize(
    "over",
    [
        {"status": "trying"},
        {"status": "closed", "outcome": "spoke"},
        {"next_call_at": "2030-01-15T10:30"},
    ],
)
def test_a_stale_decision_on_a_stopped_request_is_asked_for_again(intake, over):
    request, opened = stopped_after_it_was_opened()
    url = request.get_admin_url()
    response = intake.post(url, opened | over | {"notes-0-text": "kept words"})
    page = text(response)
    assert CHANGED_MEANWHILE in page
    assert "Status: Closed; Outcome: Asked us to stop calling" in page
    assert "kept words" in page
    assert state(request) == ("closed", "stop")
    assert not Note.objects.exists()
    # The page now shows what is stored; saving it as it stands changes nothing of that.
    form = response.context["adminform"].form
    assert (form["status"].value(), form["outcome"].value()) == ("closed", "stop")
    again = card(request) | {"notes-0-text": "kept words"}
    assert intake.post(url, again).status_code == 302
    assert state(request) == ("closed", "stop")


def test_what_was_chosen_in_vain_is_named(intake):
    request, opened = stopped_after_it_was_opened()
    page = text(intake.post(request.get_admin_url(), opened | {"status": "trying"}))
    assert "You had chosen: Status: Trying to reach." in page


def test_a_page_that_showed_it_closed_can_open_it_again(intake):
    request, _opened = stopped_after_it_was_opened()
    data = card(request, status="trying", outcome="")
    assert intake.post(request.get_admin_url(), data).status_code == 302
    assert state(request) == ("trying", "")
    assert request.closed_at is None


def test_a_page_that_does_not_say_what_it_showed_changes_no_state(intake):
    request, _opened = stopped_after_it_was_opened()
    data = card(request, status="trying", outcome="")
    for name in ("status", "outcome", "next_call_at"):
        del data[f"initial-{name}"]
    assert CHANGED_MEANWHILE in text(intake.post(request.get_admin_url(), data))
    assert state(request) == ("closed", "stop")


def test_changes_to_different_things_both_count(intake):
    request = make_request()
    opened = card(request)
    request.record_attempt(make_staff("Intake"), "busy")
    planned = timezone.now() + timedelta(days=2)
    data = opened | {"next_call_at": local(planned)}
    assert intake.post(request.get_admin_url(), data).status_code == 302
    assert state(request) == ("trying", "")
    assert local(request.next_call_at) == local(planned)


def test_the_same_decision_twice_is_no_conflict(intake):
    request, opened = stopped_after_it_was_opened()
    data = opened | {"status": "closed", "outcome": "stop"}
    assert intake.post(request.get_admin_url(), data).status_code == 302
    assert state(request) == ("closed", "stop")


def test_two_plans_at_once_are_shown_to_the_second(intake):
    request = make_request()
    opened = card(request)
    request.next_call_at = timezone.now() + timedelta(days=1)
    request.save()
    mine = local(timezone.now() + timedelta(days=2))
    response = intake.post(request.get_admin_url(), opened | {"next_call_at": mine})
    assert CHANGED_MEANWHILE in text(response)
    form = response.context["adminform"].form
    assert form["next_call_at"].value() == local(request.next_call_at)
    assert state(request) == ("new", "")


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_the_second_sees_the_first(maria):
    request = make_request()
    maria.is_superuser = True
    maria.save()
    posts = [
        card(request, status="closed", outcome="declined"),
        card(request, status="trying"),
    ]
    pages, barrier = [], threading.Barrier(2)

    def save(data):
        try:
            client = Client()
            client.force_login(maria)
            barrier.wait(10)
            pages.append(client.post(request.get_admin_url(), data).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=[data]) for data in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(pages) == [200, 302]


# Planning


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("2020-01-01T10:00", "This time has passed"),
        ("0001-01-01T00:00", "This time has passed"),
        ("9999-12-31T23:59", "more than two years ahead"),
        ("2099-01-01T10:00", "more than two years ahead"),
        ("someday", "Enter a valid date/time"),
        ("2030-13-01T10:00", "Enter a valid date/time"),
        ("99999-01-01T10:00", "Enter a valid date/time"),
        ("\x00", "Enter a valid date/time"),
    ],
)
@pytest.mark.parametrize("zone", ["America/Phoenix", "Asia/Tokyo", "UTC"])
def test_a_senseless_plan_is_explained_at_its_field(intake, settings, when, problem, zone):
    settings.TIME_ZONE = zone
    request = make_request()
    data = card(request, next_call_at=when, **{"notes-0-text": "kept words"})
    response = intake.post(request.get_admin_url(), data)
    (error,) = response.context["adminform"].form.errors["next_call_at"]
    assert problem in error
    assert "kept words" in text(response)
    request.refresh_from_db()
    assert request.next_call_at is None


def test_a_plan_that_is_due_does_not_stop_a_note(intake):
    due = timezone.now() - timedelta(hours=1)
    request = make_request(status="trying", next_call_at=due)
    data = card(request, **{"notes-0-text": "on it"})
    assert intake.post(request.get_admin_url(), data).status_code == 302
    request.refresh_from_db()
    assert request.next_call_at == due
    assert request.notes.exists()


def test_a_call_fulfils_the_plan_that_was_due(maria):
    later = timezone.now() + timedelta(days=1)
    due = make_request(status="trying", next_call_at=timezone.now() - timedelta(hours=1))
    planned = make_request(status="trying", next_call_at=later)
    for request in (due, planned):
        request.record_attempt(maria, "no_answer")
        request.refresh_from_db()
    assert due.next_call_at is None
    assert planned.next_call_at == later


def test_a_closed_request_takes_no_plan(intake):
    request = make_request()
    when = local(timezone.now() + timedelta(days=1))
    data = card(request, status="closed", outcome="spoke", next_call_at=when)
    response = intake.post(request.get_admin_url(), data)
    assert "A closed request is not called again" in text(response)
    assert state(request) == ("new", "")


@pytest.mark.parametrize(
    ("zone", "hour", "warning"),
    [
        ("America/Phoenix", 10, None),
        ("America/New_York", 20, "10 p.m. EST for them"),
        ("Pacific/Honolulu", 9, "6 a.m. HST for them"),
        ("", 10, None),
        ("", 20, "Time zone not given; on the mainland"),
    ],
)
def test_a_plan_outside_the_callers_day_is_kept_with_a_warning(intake, zone, hour, warning):
    request = make_request(time_zone=zone)
    january = timezone.localtime(timezone.now() + timedelta(days=400)).replace(
        month=1, day=15, hour=hour, minute=0
    )
    data = card(request, next_call_at=january.strftime("%Y-%m-%dT%H:%M"))
    messages = said(intake.post(request.get_admin_url(), data, follow=True))
    warnings = [each for each in messages if "outside 8 a.m. to 9 p.m." in each]
    assert bool(warnings) is bool(warning)
    assert not warning or warning in warnings[0]
    request.refresh_from_db()
    assert request.next_call_at


@pytest.mark.parametrize(
    ("over", "is_reminded"),
    [
        ({"attempts-0-outcome": "spoke"}, True),
        ({"attempts-0-outcome": "no_answer"}, False),
        ({"attempts-0-outcome": "spoke", "status": "closed", "outcome": "spoke"}, False),
        ({"attempts-0-outcome": "spoke", "next_call_at": "tomorrow"}, False),
        ({"notes-0-text": "x"}, False),
    ],
)
def test_after_a_talk_an_open_request_without_a_plan_is_pointed_out(intake, over, is_reminded):
    request = make_request()
    if "next_call_at" in over:
        over = over | {"next_call_at": local(timezone.now() + timedelta(days=1))}
    response = intake.post(request.get_admin_url(), card(request, **over), follow=True)
    assert (STILL_OPEN in said(response)) is is_reminded


# Emptied requests


@pytest.fixture
def emptied():
    request = make_request()
    request.close("spoke")
    request.purge()
    return request


def test_an_emptied_request_can_only_be_read(intake, emptied):
    page = text(intake.get(emptied.get_admin_url()))
    assert "Emptied on" in page
    assert "<textarea" not in page
    assert 'name="status"' not in page
    over = {"status": "trying", "outcome": "", "notes-0-text": "x", "attempts-0-outcome": "busy"}
    assert intake.post(emptied.get_admin_url(), card(emptied, **over)).status_code == 403
    emptied.refresh_from_db()
    assert (emptied.status, emptied.is_purged) == ("closed", True)
    assert not emptied.notes.exists()
    assert not emptied.attempts.exists()


def test_nothing_is_written_on_an_emptied_request(emptied, maria):
    stale = CallbackRequest.objects.get(pk=emptied.pk)
    stale.purged_at = None
    for request in (emptied, stale):
        with pytest.raises(Emptied):
            request.record_attempt(maria, "stop", "words")
        with pytest.raises(Emptied):
            request.add_note(maria, "words")
        with pytest.raises(Emptied):
            request.notes.create(by=maria, text="words")
    emptied.refresh_from_db()
    assert emptied.outcome == "spoke"


# How to call safely, for eyes and ears


@pytest.mark.parametrize(
    ("over", "shown"),
    [
        ({}, '<span class="state state--stop">Do not say who is calling or why.</span>'),
        ({}, '<span class="state state--stop">Do not leave a voicemail.</span>'),
        ({"announce": "yes"}, "<dt>If someone else answers</dt><dd>You may say who is calling."),
        ({"voicemail": "callback_only"}, "Do not say why you call.</span> Leave only"),
        ({"needs": "relay"}, "<dt>Makes the call easier</dt><dd>relay</dd>"),
    ],
)
def test_each_rule_of_the_call_stands_by_itself(intake, over, shown):
    page = text(intake.get(make_request(**over).get_admin_url()))
    assert shown in page
    assert '<dl class="rules"><dt>Ask for</dt>' in page
