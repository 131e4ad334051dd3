import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from tests.factories import make_request, make_staff

from .test_bulk import chosen, outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def requests():
    return [make_request(phone=f"+160255501{n:02d}") for n in range(3)]


def close_as_spam(client, *requests):
    return act(client, "spam", *requests)


def act(client, do, *requests, **more):
    """The address that takes it back."""
    data = chosen(*requests, do=do, confirmed="1", **more)
    page = client.post("/intake/bulk/", data, follow=True).text
    return re.search(r'href="(/intake/bulk/[0-9a-f-]{36}/undo/[^"]*)">Take it back', page)[1]


def take_back(client, address):
    return client.post(address, follow=True).text


def test_spam_by_mistake_is_opened_again_in_one_step(intake, requests):
    address = close_as_spam(intake, *requests)
    page = intake.get(address)
    assert page.status_code == 200
    assert all(str(request) in page.text for request in requests)
    assert outcomes(*requests) == ["spam"] * 3
    back = intake.post(address, follow=True)
    assert back.redirect_chain[-1][0] == "/intake/?list=now"
    assert "Taken back: 3 requests." in back.text
    assert outcomes(*requests) == [""] * 3


def test_what_a_lead_opened_since_stays_as_it_is(intake, requests):
    address = close_as_spam(intake, *requests)
    CallbackRequest.objects.filter(pk=requests[0].pk).update(outcome="answered")
    back = intake.post(address, follow=True).text
    assert "Taken back: 2 requests." in back
    assert f"Changed since, left: {requests[0]}." in back
    assert outcomes(*requests) == ["answered", "", ""]


def test_a_button_pressed_twice_takes_back_once_and_says_so(intake, requests):
    address = close_as_spam(intake, *requests)
    intake.post(address)
    page = intake.post(address, follow=True).text
    assert "Taken back: 3 requests." in page
    assert "Nothing more is taken back" in page


def test_duplicates_taken_back_are_two_people_again(lead, requests):
    first, other, linked = requests
    closed = {"status": "closed", "outcome": "answered", "closed_at": timezone.now()}
    CallbackRequest.objects.filter(pk=linked.pk).update(person=first.person, **closed)
    data = chosen(first, do="duplicate", confirmed="1", of=str(other))
    page = lead.post("/intake/bulk/", data, follow=True).text
    assert len({row.person for row in CallbackRequest.objects.all()}) == 1
    lead.post(re.search(r'href="(/intake/bulk/[^"]*/undo/[^"]*)"', page)[1])
    persons = {row.pk: row.person for row in CallbackRequest.objects.all()}
    assert persons == {first.pk: first.person, linked.pk: first.person, other.pk: other.person}


def test_whoever_was_left_to_a_lead_by_a_link_is_called_again(lead, requests):
    first, other, stopped = requests
    asked = {"status": "closed", "outcome": "stop", "closed_at": timezone.now()}
    CallbackRequest.objects.filter(pk=stopped.pk).update(person=first.person, **asked)
    data = chosen(first, do="duplicate", confirmed="1", of=str(other))
    page = lead.post("/intake/bulk/", data, follow=True).text
    assert CallbackRequest.objects.get(pk=other.pk).status == "lead"
    lead.post(re.search(r'href="(/intake/bulk/[^"]*/undo/[^"]*)"', page)[1])
    back = CallbackRequest.objects.get(pk=other.pk)
    assert (back.status, back.person) == (other.status, other.person)


def test_whoever_was_linked_while_the_page_was_read_is_called_again(lead, requests, monkeypatch):
    """A colleague links the other request with a third one before this one is locked."""
    first, other, third = requests
    asked = {"status": "closed", "outcome": "stop", "closed_at": timezone.now()}
    make_request(person=first.person, **asked)
    lock = claims.lock

    def lock_late(*keys):
        CallbackRequest.objects.filter(pk=other.pk).update(person=third.person)
        return lock(*keys)

    with monkeypatch.context() as patched:
        patched.setattr(claims, "lock", lock_late)
        address = act(lead, "duplicate", first, of=str(other))
    assert CallbackRequest.objects.get(pk=third.pk).status == "lead"
    take_back(lead, address)
    assert CallbackRequest.objects.get(pk=third.pk).status == third.status
    assert outcomes(first, other, third) == [""] * 3


def test_after_ten_minutes_it_is_for_leads(intake, client, requests, monkeypatch):
    address = close_as_spam(intake, *requests)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert intake.get(address).status_code == 404
    assert "your ten minutes are over" in intake.post(address, follow=True).text
    assert outcomes(*requests) == ["spam"] * 3
    client.force_login(make_staff("Intake leads"))
    assert "Taken back: 3 requests." in client.post(address, follow=True).text


class TestAssigned:
    def test_are_kept_again_for_whom_they_were(self, lead, requests, maria):
        pablo = make_staff("Intake", username="pablo")
        CallbackRequest.objects.filter(pk=requests[0].pk).update(assigned_to=pablo)
        address = act(lead, "assign", *requests, to=maria.pk)
        asks = lead.get(address).text
        assert "Put these back, as they were?" in asks
        assert all(str(request) in asks for request in requests)
        assert "Taken back: 3 requests." in take_back(lead, address)
        kept = [CallbackRequest.objects.get(pk=each.pk).assigned_to for each in requests]
        assert kept == [pablo, None, None]

    def test_two_of_one_person_count_as_two(self, lead, maria):
        one = make_request()
        pair = [one, make_request(person=one.person)]
        assert "Taken back: 2 requests." in take_back(lead, act(lead, "assign", *pair, to=maria.pk))

    def test_is_taken_back_under_the_call_of_a_colleague_and_not_over_another(
        self, lead, requests, maria
    ):
        address = act(lead, "assign", *requests[:2], to=maria.pk)
        called = claims.take_next(maria)
        later = next(each for each in requests[:2] if each != called)
        CallbackRequest.objects.filter(pk=later.pk).update(assigned_to=make_staff("Intake"))
        said = take_back(lead, address)
        assert "Taken back: 1 request." in said
        assert f"Changed since, left: {later}." in said
        called.refresh_from_db()
        assert (called.assigned_to, called.claimed_by) == (None, maria)

    def test_so_before_offers_nothing_to_take_back(self, lead, requests):
        data = chosen(*requests, do="assign", confirmed="1", to="")
        page = lead.post("/intake/bulk/", data, follow=True).text
        assert "Done: 3 requests." in page
        assert "Take it back" not in page


class TestReleased:
    def test_is_held_again_as_long_as_it_was_held(self, lead, requests, maria):
        taken = claims.take_next(maria)
        said = take_back(lead, act(lead, "release", taken))
        assert "Taken back: 1 request." in said
        back = CallbackRequest.objects.get(pk=taken.pk)
        assert (back.claimed_by, back.claimed_until) == (maria, taken.claimed_until)

    def test_stays_free_once_its_time_is_over(self, lead, requests, maria, monkeypatch):
        taken = claims.take_next(maria)
        address = act(lead, "release", taken)
        monkeypatch.setattr(timezone, "now", lambda: taken.claimed_until)
        assert f"Changed since, left: {taken}." in take_back(lead, address)
        assert CallbackRequest.objects.get(pk=taken.pk).claimed_by is None

    def test_stays_free_while_somebody_else_is_called_on_the_line(self, lead, requests, maria):
        taken = claims.take_next(maria)
        address = act(lead, "release", taken)
        other = make_request(phone=str(taken.phone))
        assert claims.claim(other, make_staff("Intake", username="pablo"))
        assert f"Changed since, left: {taken}." in take_back(lead, address)
        assert CallbackRequest.objects.get(pk=taken.pk).claimed_by is None
