from datetime import timedelta

import pytest
from django.utils import timezone

from contact.intake.queue.selection.narrowing import narrow
from contact.intake.queue.selection.paging import PageQuery, RowOrder, fetch_page
from contact.intake.queue.selection.return_query import parse_query
from contact.models import CallbackRequest
from tests.factories import make_request, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def parts(text, account=None):
    everything = CallbackRequest.objects.all()
    return narrow(everything, parse_query(text), account, timezone.now())


def found(text, account=None):
    rows = [row for part in parts(text, account) for row in part]
    assert len(rows) == len(set(rows))
    return set(rows)


def test_without_a_filter_everything_fits():
    everything = {make_request(), make_request(outcome="spam")}
    assert found("") == everything


def test_by_what_they_chose():
    spanish, danger = make_request(language="es"), make_request(priority=0)
    spam = make_request(outcome="spam")
    assert found("language=es") == {spanish}
    assert found("priority=0") == {danger}
    assert found("outcome=spam") == {spam}
    assert found("language=es&priority=0") == set()


def test_by_age():
    now = timezone.now()
    fresh, old = make_request(created_at=now - HOUR), make_request(created_at=now - 4 * DAY)
    ancient = make_request(created_at=now - 8 * DAY)
    assert found("age=last_day") == {fresh}
    assert found("age=last_week") == {fresh, old}
    assert found("age=over_day") == found("age=over_three_days") == {old, ancient}
    assert found("age=over_week") == {ancient}


def test_by_lateness():
    now = timezone.now()
    late = make_request(call_by=now - HOUR)
    make_request(call_by=now + HOUR)
    assert found("late=1") == {late}


def test_staff_is_whoever_it_is_assigned_to_or_held_by_now_each_once():
    maria, joe = make_staff("Intake"), make_staff("Intake")
    now = timezone.now()
    free, assigned = make_request(), make_request(assigned_to=maria)
    held = make_request(claimed_by=maria, claimed_until=now + HOUR)
    both = make_request(assigned_to=maria, claimed_by=maria, claimed_until=now + HOUR)
    lapsed = make_request(claimed_by=maria, claimed_until=now - HOUR)
    other = make_request(assigned_to=joe, claimed_by=maria, claimed_until=now + HOUR)
    assert found("staff=me", maria) == {assigned, held, both, other}
    assert found(f"staff={maria.pk}", joe) == {assigned, held, both, other}
    assert found("staff=me", joe) == {other}
    assert found("staff=none", joe) == {free, lapsed}


def test_pages_go_through_what_someone_was_given_and_what_they_hold_in_one_order():
    maria, now = make_staff("Intake"), timezone.now()
    given = {"assigned_to": maria}
    held = {"claimed_by": maria, "claimed_until": now + HOUR}
    wanted = [
        make_request(created_at=now - place * HOUR, **(held if place % 3 else given))
        for place in range(7)
    ]
    newest, oldest = RowOrder("created_at", is_newest_first=True), RowOrder("created_at")
    for order, rows in ((newest, wanted), (oldest, wanted[::-1])):
        query = PageQuery([parts("staff=me", maria)], order, 3)
        first = fetch_page(query)
        second = fetch_page(query, first.after)
        last = fetch_page(query, second.after)
        assert [first.rows, second.rows, last.rows] == [rows[:3], rows[3:6], rows[6:]]
        assert not last.after
        assert fetch_page(query, last.before).rows == rows[3:6]
        assert fetch_page(query, second.before).rows == rows[:3]
