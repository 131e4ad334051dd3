"""Leads see whom a change of hours or rules lets down, before they save it and after."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from contact.lifecycle.planning import replanning
from contact.models import AuditEntry, CallbackRequest, OpeningHours, RetryStep, SpecialDay
from tests.contact.cards import address, text
from tests.factories import make_request

pytestmark = pytest.mark.django_db
ADMIN = "/admin/contact/"
HOUR = timedelta(hours=1)
# A Wednesday, 6 p.m. in Phoenix: the desk opens on Thursday at 9 a.m.
EVENING = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
NINE = EVENING + 15 * HOUR
HOLIDAY = {"date": "2026-03-05", "name": "Made-up holiday", "opens": "", "closes": ""}


@pytest.fixture(autouse=True)
def desk(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: EVENING)
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(17))
    replanning.Replanner().run()


@pytest.fixture
def asked():
    return make_request(due_at=NINE, due_until=NINE + 8 * HOUR, call_by=NINE + HOUR)


def fresh(request):
    return CallbackRequest.objects.get(pk=request.pk)


def test_a_holiday_is_saved_only_once_the_lead_knows_whom_it_lets_down(lead, asked):
    page = text(lead.post(f"{ADMIN}specialday/add/", HOLIDAY))
    assert "This breaks 1 promise. Call first:" in page
    assert f">{asked}</a> by tomorrow, Thursday 10 a.m., then by Friday 10 a.m." in page
    assert 'type="checkbox" name="anyway"' in page
    assert not SpecialDay.objects.exists()
    assert fresh(asked).version == 0
    shown = AuditEntry.objects.get(action="listed")
    assert shown.detail == {"references": [str(asked)]}


def test_after_it_everybody_is_planned_again_and_stands_on_a_list_of_their_own(lead, asked):
    friday = NINE + 24 * HOUR
    later = make_request(due_at=friday, due_until=friday + 8 * HOUR, phone="+16025550124")
    saved = lead.post(f"{ADMIN}specialday/add/", HOLIDAY | {"anyway": "on"}, follow=True)
    assert "1 of them was promised earlier: call it first" in text(saved)
    assert fresh(asked).due_at == NINE + 24 * HOUR
    first = text(lead.get("/intake/"))
    assert "Call first: 1 who was promised an earlier call" in first
    found = text(lead.get("/intake/?list=open&late=earlier"))
    assert str(asked) in found
    assert "Call by Fri 10 a.m., promised by Thu 10 a.m." in found
    assert str(later) not in found


def test_card_and_visitor_are_told_what_was_said_first(lead, client, asked):
    lead.post(f"{ADMIN}specialday/add/", HOLIDAY | {"anyway": "on"})
    card = text(lead.get(address(asked)))
    assert "by tomorrow, Thursday 10 a.m., before our hours or rules changed" in card
    assert "Promised by tomorrow, Thursday 10 a.m. before; now by Friday 10 a.m." in card
    data = {"reference": str(asked), "digits": "0123"}
    page = text(client.post("/contact/my-request/", data))
    assert "We plan to call you between 9 a.m. and 10 a.m. on Friday, your time." in page
    assert "When we call has changed, and we are sorry. We first said by 10 a.m. tomorrow" in page


def test_hours_and_their_deletion_are_shown_before(lead, asked):
    thursday = OpeningHours.objects.get(weekday=3)
    url = f"{ADMIN}openinghours/{thursday.pk}"
    data = {"weekday": "3", "opens": "12:00", "closes": "17:00"}
    assert "This breaks 1 promise" in text(lead.post(f"{url}/change/", data))
    assert "This breaks 1 promise" in text(lead.get(f"{url}/delete/"))
    earlier = data | {"opens": "08:00"}
    assert lead.post(f"{url}/change/", earlier).status_code == 302
    assert lead.post(f"{url}/delete/", {"post": "yes"}).status_code == 302
    assert fresh(asked).due_at == NINE + 24 * HOUR


def test_a_longer_wait_between_tries_is_shown_before(lead, maria, asked):
    rule = RetryStep.objects.get(outcome="no_answer", tries=1, is_urgent=False)
    RetryStep.objects.filter(pk=rule.pk).update(minutes=15 * 60, days=None, part_of_day="")
    replanning.Replanner().run()
    asked.attempts.create(by=maria, at=EVENING, outcome="no_answer")
    CallbackRequest.objects.update(tries=1, status="trying")
    data = {"outcome": "no_answer", "tries": "1", "minutes": "1200", "days": "", "part_of_day": ""}
    url = f"{ADMIN}retrystep/{rule.pk}/change/"
    assert "This breaks 1 promise" in text(lead.post(url, data))
    assert lead.post(url, data | {"anyway": "on"}).status_code == 302
    assert fresh(asked).due_at == EVENING + 20 * HOUR


def test_what_breaks_no_promise_needs_no_tick(lead, asked):
    page = lead.get(f"{ADMIN}specialday/add/").text
    assert 'type="checkbox" name="anyway"' not in page
    assert lead.post(f"{ADMIN}specialday/add/", HOLIDAY | {"date": "2026-12-25"}).status_code == 302
    assert fresh(asked).version == 0
