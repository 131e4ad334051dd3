"""Unusual reading is found in the audit trail, and accuses nobody."""

from datetime import UTC, datetime, time, timedelta

import pytest

from contact.lifecycle.changes import attempts
from contact.lifecycle.safeguards import reading_checks
from contact.models import (
    AuditEntry,
    Desk,
    OpeningHours,
    ReadingRule,
    SearchKey,
    UnusualReading,
)
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from tests.contact.cards import held, now_is
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
# A Tuesday, 12:00 in Phoenix.
NOON = datetime(2026, 11, 24, 19, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def looks(monkeypatch, account, requests, step=timedelta(minutes=1), action=AuditAction.VIEWED):
    """`account` opens these cards one after another, the last one now."""
    for back, request in zip(range(len(requests) - 1, -1, -1), requests, strict=True):
        now_is(monkeypatch, NOON - back * step)
        audit.record(account, action, request.pk)
    now_is(monkeypatch, NOON)


def many(number):
    return [make_request(phone=f"+160255501{n:02}") for n in range(number)]


def found():
    reading_checks.check_reading()
    return {each.kind: (each.account.username, each.count) for each in UnusualReading.objects.all()}


def limit(kind, least, **over):
    ReadingRule.objects.create(kind=kind, least=least, **over)


def test_many_cards_within_an_hour_are_found(monkeypatch, maria):
    limit("many", 4)
    looks(monkeypatch, maria, many(4))
    assert found() == {"many": ("maria", 4)}
    reading = UnusualReading.objects.get()
    assert (len(reading.request_ids), reading.least) == (4, 4)


def test_as_many_cards_over_the_day_are_not(monkeypatch, maria):
    limit("many", 4)
    looks(monkeypatch, maria, many(4), timedelta(minutes=30))
    assert found() == {}


def test_what_an_account_works_on_is_not_counted_nor_linked_requests(monkeypatch, maria):
    limit("many", 3)
    mine, *others = many(3)
    now_is(monkeypatch, NOON - timedelta(hours=1))
    held(mine, maria)
    linked = make_request(person=mine.person, phone="+16025550199")
    looks(monkeypatch, maria, [mine, linked, *others])
    assert found() == {}


def test_a_call_that_was_handed_over_is_the_receivers_work(monkeypatch, maria, bob):
    limit("many", 1)
    asked = make_request()
    now_is(monkeypatch, NOON - timedelta(hours=1))
    audit.record(maria, AuditAction.HANDED_OVER, asked.pk, to=bob.pk)
    looks(monkeypatch, bob, [asked])
    assert found() == {}


def test_what_a_card_shows_of_others_is_no_card_of_its_own(maria):
    limit("many", 2)
    audit.record_each(maria, AuditAction.VIEWED, [each.pk for each in many(3)])
    assert found() == {}


def test_cards_opened_while_the_desk_is_closed_are_found(monkeypatch, maria):
    limit("closed_desk", 2)
    looks(monkeypatch, maria, many(2))
    assert found() == {}, "nobody knows when the desk is open"
    OpeningHours.objects.create(weekday=1, opens=time(14), closes=time(18))
    assert found() == {"closed_desk": ("maria", 2)}


def test_the_same_card_opened_again_and_again_is_found(monkeypatch, maria):
    asked, other = many(2)
    looks(monkeypatch, maria, [asked] * 6 + [other] * 5)
    assert found() == {"again": ("maria", 6)}
    assert UnusualReading.objects.get().request_ids == [str(asked.pk)]


def test_searches_that_find_the_same_request_again_are_found(maria):
    asked, other = many(2)
    for _ in range(6):
        audit.record(maria, AuditAction.SEARCHED, references=[str(asked)])
    audit.record(maria, AuditAction.SEARCHED, references=[str(other), str(asked)])
    assert found() == {"searched": ("maria", 7)}


def test_numbers_shown_without_a_call_are_found_once_a_call_would_be_over(monkeypatch, maria):
    limit("shown", 1)
    called, silent = many(2)
    for asked in (called, silent):
        audit.record(maria, AuditAction.REVEALED, asked.pk)
    attempts.record_attempt(held(called, maria), maria, "no_answer")
    assert found() == {}
    now_is(monkeypatch, NOON + timedelta(minutes=61))
    assert found() == {"shown": ("maria", 1)}


def test_a_number_shown_before_midnight_may_be_called_after_it(monkeypatch, maria):
    limit("shown", 1)
    called, silent = many(2)
    shown_at = datetime(2026, 11, 25, 6, 50, tzinfo=UTC)
    now_is(monkeypatch, shown_at)
    for asked in (called, silent):
        audit.record(maria, AuditAction.REVEALED, asked.pk)
    held(called, maria)
    now_is(monkeypatch, shown_at + timedelta(minutes=20))
    attempts.record_attempt(called, maria, "no_answer")
    assert found() == {}
    now_is(monkeypatch, shown_at + timedelta(minutes=61))
    assert found() == {"shown": ("maria", 1)}


def test_a_card_under_a_colleagues_family_name_is_found(monkeypatch, maria, bob):
    make_staff("Intake", last_name="Quarrington")
    asked = make_request()
    make_request(name="Someone Else", phone="+16025550199")
    looks(monkeypatch, maria, [asked])
    held(asked, bob)
    looks(monkeypatch, bob, [asked])
    assert SearchKey.objects.exists()
    assert found() == {"colleague": ("maria", 1)}


def test_a_rule_out_of_use_finds_nothing(monkeypatch, maria):
    limit("again", 2, is_active=False)
    looks(monkeypatch, maria, [make_request()] * 8)
    assert found() == {}


def look_at(monkeypatch, account, request, *seconds):
    for second in seconds:
        now_is(monkeypatch, NOON + timedelta(seconds=second))
        audit.record(account, AuditAction.VIEWED, request.pk)


def test_a_finding_grows_until_it_is_acknowledged(monkeypatch, maria):
    limit("again", 3)
    asked, petra = make_request(), make_staff("Privacy officers")
    look_at(monkeypatch, maria, asked, 1, 2, 3)
    assert found() == {"again": ("maria", 3)}
    look_at(monkeypatch, maria, asked, 4)
    assert found() == {"again": ("maria", 4)}
    reading_checks.acknowledge_reading(
        UnusualReading.objects.get(), petra, "Asked her: a wrong tab"
    )
    look_at(monkeypatch, maria, asked, 5, 6)
    reading_checks.check_reading()
    assert not UnusualReading.objects.waiting().exists()
    look_at(monkeypatch, maria, asked, 7)
    reading_checks.check_reading()
    assert UnusualReading.objects.waiting().get().count == 7
    assert AuditEntry.objects.filter(action="reading acknowledged").count() == 1


def test_days_that_passed_while_nothing_ran_are_looked_through(monkeypatch, maria):
    Desk.current()
    Desk.objects.update(reading_checked_on=(NOON - timedelta(days=3)).date())
    look_at(monkeypatch, maria, make_request(), *(second - 2 * 86400 for second in range(6)))
    now_is(monkeypatch, NOON)
    assert found() == {"again": ("maria", 6)}
    assert Desk.current().reading_checked_on == NOON.date()
