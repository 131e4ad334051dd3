"""The counts above the lists, by SQL that is made once and asked with other values."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.intake import capped_counts
from contact.intake.queue import desk_state
from contact.intake.queue.alarms import Alarms
from contact.intake.queue.queue_page import load_queue_page
from contact.intake.queue.selection import lists, return_query
from contact.models import CallbackRequest, CallerId, Desk
from contact.records.compiled_query import CompiledQuery
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOON = datetime(2026, 12, 2, 19, tzinfo=UTC)


def test_it_is_that_of_the_moment_and_the_account_asked_for():
    maria, joe = make_staff("Intake"), make_staff("Intake")
    for hours in (-30, -2, 1, 30):
        at = NOON + hours * HOUR
        make_request(created_at=at - HOUR, due_at=at, due_until=at + 2 * HOUR, call_by=at + HOUR)
    held = make_request(claimed_by=joe, claimed_until=NOON + HOUR)
    for now in (NOON - 40 * HOUR, NOON, NOON + 12 * HOUR, NOON + 60 * HOUR):
        for account, staff in ((maria, joe), (joe, maria)):
            state = desk_state.load_desk_state(now, account, staff.pk)
            counted = lists.list_counts(now)
            assert {name: state[name] for name in counted} == counted
            is_held = now < NOON + HOUR
            assert state["mine"] == (held.pk if is_held and account == joe else None)
            assert state["has_claims"] == (is_held and staff == joe)


def test_hints_for_leads_hold_on_the_day_they_are_asked_for():
    today = NOON.date()
    CallerId.objects.create(phone="+12025550142", verified_on=today - timedelta(days=30))
    days = Desk.current().review_days
    make_request(created_at=NOON - timedelta(days=days), kept_until=today)
    maria = make_staff("Intake")

    def hints(now):
        state = desk_state.load_desk_state(now, maria, None)
        return [name for name in desk_state.HINTS if state[name]]

    assert hints(NOON) == []
    assert hints(NOON + timedelta(days=1)) == ["numbers_to_verify", "has_old_requests"]


def test_a_desk_without_its_row_gets_one():
    Desk.objects.all().delete()
    assert desk_state.load_desk_state(NOON, make_staff("Intake"), None)["now"] == 0


def test_a_value_without_a_place_of_its_own_in_the_sql_is_refused():
    def by_status(status):
        return CallbackRequest.objects.filter(status=status).values("pk")

    query = CompiledQuery(by_status, lambda status: (status, "new"), ("example",))
    with pytest.raises(ValueError, match="new"):
        query.first("new")


def test_lists_take_as_many_queries_for_whoever_holds_a_request():
    maria, now = make_staff("Intake"), timezone.now()

    def queries(query):
        with CaptureQueriesContext(connection) as asked:
            load_queue_page(return_query.parse_query(query), maria, now)
        return len(asked)

    Desk.current()
    make_request(assigned_to=maria)
    before = [queries(query) for query in ("", "staff=me", "list=now&staff=me")]
    make_request(claimed_by=maria, claimed_until=now + HOUR)
    assert [queries(query) for query in ("", "staff=me", "list=now&staff=me")] == before
    assert max(before) == 4


def test_an_alarm_names_no_number_that_was_not_counted_to_its_end(monkeypatch):
    monkeypatch.setattr(capped_counts, "COUNT_CAP", 2)
    words = [Alarms(number, "", "").sentences[0] for number in (2, 3)]
    assert [re.search(r"call: (.*?) requests", each)[1] for each in words] == ["2", "2+"]
