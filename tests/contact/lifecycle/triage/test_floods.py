"""A flood of requests, and the people in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from contact.intake.queue import queue_page
from contact.intake.queue.selection.filters import Filters
from contact.lifecycle.alerting import watch
from contact.lifecycle.journal import receiving
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger, floods
from contact.models import CallbackRequest, WordsSeen
from contact.privacy.audit_trail import audit
from contact.privacy.matching import likeness
from contact.records.enums import Priority, SetApart
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)  # A Wednesday, 12:00 in Phoenix.


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def arrive(n, **over):
    values = {"name": "A B", "phone": f"+1602555{n:04}", "consent_version": "test"} | over
    values.setdefault("created_at", timezone.now())
    request = CallbackRequest(reference=f"R{n:07}", **values)
    receiving.receive(request)
    return CallbackRequest.objects.get(pk=request.pk)


def place_of(request):
    """Its place in the queue."""
    waiting = CallbackRequest.objects.open().order_by("turn_at", "id")
    return list(waiting.values_list("pk", flat=True)).index(request.pk) + 1


def test_fake_danger_does_not_bury_whoever_asked_hours_ago():
    waiting = arrive(1, created_at=timezone.now() - 3 * HOUR)
    fakes = [arrive(100 + n, message="I want to kill myself") for n in range(60)]
    assert place_of(waiting) == floods.HEAD_STARTS + 1
    later = arrive(2)
    behind = fakes[floods.HEAD_STARTS :]
    assert {row.set_apart for row in behind} == {SetApart.DANGER}
    # Behind the budget they still come before who asks now, with their mark, and in every alarm.
    assert max(place_of(row) for row in behind) < place_of(later)
    assert {row.priority for row in fakes} == {Priority.DANGER}
    assert "60" in watch.present_faults()[0]
    page = queue_page.load_queue_page(Filters({"list": "now"}), make_staff("Intake"))
    marks = [(row.is_danger, row.apart) for row in page.rows]
    assert marks[:12] == [*[(True, "")] * 10, (False, ""), (True, "Many with words of danger")]
    # Calls free the places.
    CallbackRequest.objects.filter(pk__in=[row.pk for row in fakes[:3]]).update(
        first_attempt_at=timezone.now()
    )
    assert not arrive(3, message="I took all my pills and want to die").set_apart


@pytest.mark.parametrize("hour", [5, 12], ids=["at night", "at noon"])
@pytest.mark.parametrize("promise", [None, 5 * HOUR], ids=["unpromised", "promised"])
def test_fake_danger_behind_the_budget_stands_by_arrival(monkeypatch, hour, promise):
    now = NOON + timedelta(hours=hour - 12)
    monkeypatch.setattr(timezone, "now", lambda: now)

    def ask(n, at, message=""):
        # Promises are round, so that who asks later is often told the same time.
        by = promise and NOON + promise
        return arrive(n, created_at=at, message=message, promised_by=by)

    before = [ask(n, now - timedelta(minutes=30 - n)) for n in range(2)]
    fakes = [ask(100 + n, now, "I want to kill myself") for n in range(floods.HEAD_STARTS + 2)]
    after = ask(200, now + timedelta(minutes=1))
    places = [place_of(row) for row in (*before, *fakes[floods.HEAD_STARTS :], after)]
    assert places[:2] == [floods.HEAD_STARTS + 1, floods.HEAD_STARTS + 2]
    assert sorted(places[2:4]) == [floods.HEAD_STARTS + 3, floods.HEAD_STARTS + 4]
    assert places[4] == floods.HEAD_STARTS + 5


def test_the_next_call_is_by_arrival_behind_the_budget():
    waiting = arrive(1, created_at=timezone.now() - 3 * HOUR)
    for n in range(floods.HEAD_STARTS + 1):
        arrive(100 + n, message="I want to kill myself")
    account = make_staff("Intake")
    now, seen = timezone.now(), []
    for _ in range(floods.HEAD_STARTS + 2):
        found = claims.next_free(account, now, {row.person for row in seen})
        seen.append(found)
    assert seen.index(waiting) == floods.HEAD_STARTS
    assert seen[-1].set_apart == SetApart.DANGER


def test_what_staff_write_lifts_danger_and_what_visitors_write_does_not():
    request = make_request(priority=0, set_apart=SetApart.DANGER)
    assert not danger.raise_priority(request, audit.VISITOR, "I want to die")
    assert danger.raise_priority(request, make_staff("Intake"), "They said: I want to die")
    request.refresh_from_db()
    assert not request.set_apart
    assert request.turn_at < timezone.now() - timedelta(days=365)


def test_a_correction_by_a_visitor_takes_no_head_start_that_is_spent():
    for n in range(floods.HEAD_STARTS):
        arrive(100 + n, message="I want to kill myself")
    request = make_request()
    assert danger.raise_priority(request, audit.VISITOR, "I want to die")
    request.refresh_from_db()
    assert (request.priority, request.set_apart) == (Priority.DANGER, SetApart.DANGER)


COPIED = "We can put your name in front of many more families this month, just answer us here"


def test_copied_words_stand_apart_after_the_first_few_and_nothing_of_them_is_kept():
    rows = [arrive(n, message=f"{COPIED} {n}!") for n in range(9)]
    assert [row.set_apart for row in rows] == [""] * 6 + ["words"] * 3
    assert {row.priority for row in rows[6:]} == {Priority.AUTOMATIC}
    assert place_of(arrive(50)) <= 7
    assert all(len(row.mark) == 24 and int(row.mark, 16) for row in WordsSeen.objects.all())
    WordsSeen.objects.update(at=timezone.now() - 25 * HOUR)
    assert not arrive(51, message=COPIED).set_apart
    # However many come, only so many are counted.
    WordsSeen.objects.bulk_create(
        WordsSeen(mark=mark, at=timezone.now())
        for mark in likeness.marks(COPIED)
        for _ in range(20)
    )
    before = WordsSeen.objects.count()
    assert arrive(52, message=COPIED).set_apart
    assert WordsSeen.objects.count() == before
    WordsSeen.objects.filter(at__gt=timezone.now() - HOUR).delete()
    arrive(53, message=COPIED)
    assert WordsSeen.objects.forget_old() > 0
    assert WordsSeen.objects.count() == likeness.BANDS


def test_short_words_are_nobodys_copy():
    rows = [arrive(n, message="please call me back, need detox") for n in range(9)]
    assert not any(row.set_apart for row in rows)


def test_one_number_sends_a_few_an_hour_and_danger_twice():
    rows = [arrive(7) for _ in range(9)]
    assert [row.set_apart for row in rows] == [""] * 8 + ["number"]
    dangers = [arrive(8, message="I want to kill myself") for _ in range(3)]
    assert [row.set_apart for row in dangers] == ["", "", "number"]
    assert not arrive(7, origin="phone").set_apart


def test_in_a_flood_likeness_counts_sooner(monkeypatch):
    monkeypatch.setattr(floods, "PER_DESK", 4)
    for n in range(4):
        arrive(n)
    rows = [arrive(60 + n, message=COPIED) for n in range(5)]
    assert [row.set_apart for row in rows] == ["", "", "", "", "words"]
    assert not arrive(90, message="My son needs help and I do not know where to turn").set_apart
