from collections import Counter
from datetime import UTC, date, datetime

import pytest

from contact.intake.reports.counts.first_tries import NEVER, percentile
from contact.intake.reports.counts.statistics import statistics_for
from contact.intake.reports.date_ranges import DateRange
from contact.intake.reports.disclosure_control import ALL_SHOWN, PROTECTED
from contact.records.desk.desk import Desk
from tests.factories import make_request

pytestmark = pytest.mark.django_db

WEEK = DateRange(date(2026, 3, 2), date(2026, 3, 8))
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)


def ask(number, minutes=None, **over):
    values = {"created_at": MONDAY, "first_attempt_minutes": minutes, "asked_while_open": True}
    return [make_request(**values | over) for _ in range(number)]


def counts(groups):
    return {group.label: group.number for group in groups if group.number is not None}


def tries(control=PROTECTED):
    return statistics_for(WEEK, control).tries


def test_who_was_never_tried_counts_as_not_in_time():
    ask(6, 5)
    ask(5, 15)
    ask(8, 60)
    ask(7)
    ask(9, outcome="cancelled")
    found = tries().while_open
    assert (found.total, found.never) == (35, 16)
    assert found.within == {5: 6, 15: 11, 60: 19}
    assert counts(found.groups) == {
        "Up to 5 min": 6,
        "Over 5 min, up to 15 min": 5,
        "Over 15 min, up to 1 h": 8,
        "Not tried yet": 7,
        "Closed, never tried": 9,
    }
    assert (found.median, found.ninetieth) == (60, NEVER)


def test_most_never_tried_means_half_are_tried_never():
    ask(6, 10)
    ask(7)
    assert tries().while_open.median == NEVER


def test_after_hours_stand_apart_and_so_does_what_was_not_noted():
    ask(6, 5)
    ask(7, 90, asked_while_open=False)
    ask(8, 20, asked_while_open=None)
    found = tries()
    assert [kind.total for kind in found.kinds] == [6, 7, 8]
    assert [kind.median for kind in found.kinds] == [5, 90, 20]
    assert found.after_hours.within == {5: 0, 15: 0, 60: 0}


def test_requests_that_staff_wrote_down_wait_for_no_first_try():
    ask(6, 5)
    ask(7, origin="phone")
    found = tries()
    assert (found.total, found.while_open.total, found.while_open.never) == (13, 6, 0)


def test_the_target_of_the_desk_is_a_limit_too():
    Desk.current()
    Desk.objects.update(target_minutes=45)
    ask(6, 45)
    ask(5, 46)
    found = tries().while_open
    assert found.within == {5: 0, 15: 0, 45: 6, 60: 11}
    assert counts(found.groups) == {
        "Over 15 min, up to 45 min": 6,
        "Over 45 min, up to 1 h": 5,
    }


def test_limits_that_would_tell_a_small_group_are_hidden_but_not_from_leads():
    ask(12, 10)
    ask(6, 50)
    ask(2, 100)
    assert tries().while_open.within == {5: 0, 15: 12, 60: None}
    assert "Over 1 h, up to 4 h" not in counts(tries().while_open.groups)
    assert tries(ALL_SHOWN).while_open.within == {5: 0, 15: 12, 60: 18}
    assert counts(tries(ALL_SHOWN).while_open.groups)["Over 1 h, up to 4 h"] == 2


def test_a_percentile_that_few_reach_is_hidden_but_not_from_leads():
    ask(13, 10)
    ask(2)
    assert tries().while_open[4:6] == (10, None)
    assert tries(ALL_SHOWN).while_open[4:6] == (10, NEVER)


@pytest.mark.parametrize("written", [0, 2])
def test_a_few_after_hours_are_hidden_with_what_would_tell_them(written):
    ask(40, 5)
    ask(3, 5, asked_while_open=False)
    ask(written, origin="phone")
    found = tries()
    assert [kind.total for kind in found.kinds] == [None, None, None]
    assert [kind.total for kind in tries(ALL_SHOWN).kinds] == [40, 3, 0]


def test_a_few_secret_shoppers_are_hidden_but_not_from_leads():
    ask(3, 12, is_secret_shopper=True)
    assert tries().secret_shoppers.total is None
    assert tries().secret_shoppers.median is None
    assert tries(ALL_SHOWN).secret_shoppers.median == 12


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([7], 50, 7), ([1, 2], 50, 1), ([1, 2, 3], 50, 2), (range(1, 11), 90, 9), ([1, 9], 90, 9)],
)
def test_percentiles_are_values_that_occurred(values, percent, expected):
    assert percentile(Counter(values), percent) == expected
