import json
from datetime import UTC, date, time, timedelta
from itertools import islice

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contact.models import OpeningHours, SpecialDay
from contact.schedule.opening_hours import Hours, Schedule, hour_of_week
from tests.contact.desks import (
    NEW_YORK,
    PHOENIX,
    at,
    desk,
    hours,
    is_staffed,
    joined,
    moments,
    span,
)

ALL_WEEK = range(7)
HOLIDAYS = {date(2026, 12, 25): (), date(2026, 12, 24): hours("9:00-12:30")}
DESKS = {
    "Phoenix with lunch and holidays": desk("9:00-12:00", "13:00-17:00", special=HOLIDAYS),
    "New York in the evening": desk("9:15-13:00", "18:00-0:00", zone=NEW_YORK, days=ALL_WEEK),
    "New York, never closed": desk("0:00-0:00", zone=NEW_YORK, days=ALL_WEEK),
    "New York at night": desk("0:00-4:00", "22:30-0:00", zone=NEW_YORK, days=ALL_WEEK),
    "Havana, whose clock changes at midnight": desk(
        "0:00-6:00", "20:00-0:00", zone="America/Havana", days=ALL_WEEK
    ),
    "Kolkata": desk("9:30-18:00", zone="Asia/Kolkata"),
    "Guam": desk("8:00-17:00", zone="Pacific/Guam", days=[0, 2, 5]),
}


def shown(spans, zone):
    return [
        tuple(f"{end.astimezone(at('2026-01-01', zone).tzinfo):%a %H:%M}" for end in each)
        for each in spans
    ]


@pytest.mark.parametrize("schedule", DESKS.values(), ids=DESKS)
def test_every_quarter_of_an_hour_of_two_years_is_as_the_desks_clock_says(schedule):
    start, end = at("2026-01-01T00:00"), at("2028-01-01T00:00")
    expected = joined(moment for moment in moments(start, end) if is_staffed(schedule, moment))
    assert list(schedule.spans(start, end)) == expected


def test_hours_begin_again_after_lunch_and_after_the_weekend():
    schedule = desk("9:00-12:00", "13:00-17:00")
    spans = islice(schedule.spans(at("2026-05-08T11:00", PHOENIX)), 4)
    assert shown(spans, PHOENIX) == [
        ("Fri 11:00", "Fri 12:00"),
        ("Fri 13:00", "Fri 17:00"),
        ("Mon 09:00", "Mon 12:00"),
        ("Mon 13:00", "Mon 17:00"),
    ]


def test_a_holiday_is_closed_and_a_special_day_has_its_own_hours():
    special = {date(2026, 11, 26): (), date(2026, 11, 28): hours("10:00-14:00")}
    spans = desk("9:00-17:00", special=special).spans(at("2026-11-25T18:00", PHOENIX))
    assert shown(islice(spans, 3), PHOENIX) == [
        ("Fri 09:00", "Fri 17:00"),
        ("Sat 10:00", "Sat 14:00"),
        ("Mon 09:00", "Mon 17:00"),
    ]


def test_a_special_day_opens_a_desk_without_weekly_hours():
    schedule = Schedule({}, {date(2026, 5, 6): hours("10:00-14:00")}, PHOENIX)
    assert shown(schedule.spans(at("2026-05-01T00:00")), PHOENIX) == [("Wed 10:00", "Wed 14:00")]


def test_closing_at_midnight_is_the_end_of_the_day():
    schedule = desk("20:00-0:00", days=[0])
    assert shown(islice(schedule.spans(at("2026-05-03T00:00")), 1), PHOENIX) == [
        ("Mon 20:00", "Tue 00:00")
    ]


def test_hours_that_touch_at_midnight_are_one_span():
    schedule = Schedule({0: hours("20:00-0:00"), 1: hours("0:00-2:00")}, {}, PHOENIX)
    assert shown(islice(schedule.spans(at("2026-05-03T00:00")), 1), PHOENIX) == [
        ("Mon 20:00", "Tue 02:00")
    ]


def test_hours_in_any_order_and_overlapping_count_once():
    schedule = desk("13:00-17:00", "9:00-12:00", "11:00-13:00", "9:30-10:00", days=[0])
    assert shown(islice(schedule.spans(at("2026-05-03T00:00")), 1), PHOENIX) == [
        ("Mon 09:00", "Mon 17:00")
    ]
    week = at("2026-05-03T00:00"), at("2026-05-10T00:00")
    assert schedule.minutes_between(*week) == 8 * 60


def test_spans_are_cut_at_both_ends_and_given_in_utc():
    schedule = desk("9:00-17:00")
    start, end = at("2026-05-06T10:10", PHOENIX), at("2026-05-06T15:20", PHOENIX)
    assert list(schedule.spans(start, end)) == [span("2026-05-06T17:10", "2026-05-06T22:20")]
    assert all(end.tzinfo is UTC for each in schedule.spans(start, end) for end in each)
    assert list(schedule.spans(end, start)) == []


@pytest.mark.parametrize("schedule", [Schedule({}, {}, PHOENIX), DESKS["New York, never closed"]])
def test_unknown_hours_and_hours_without_end_are_one_span(schedule):
    moment = at("2026-05-06T03:04", PHOENIX)
    assert list(schedule.spans(moment)) == [(moment, moment + timedelta(days=400))]
    assert schedule.is_open(moment)
    assert schedule.minutes_between(moment, moment + timedelta(minutes=90)) == 90


def test_holidays_alone_do_not_make_the_hours_known():
    schedule = Schedule({0: ()}, {date(2026, 12, 25): ()}, PHOENIX)
    assert not schedule.is_known
    assert schedule.is_open(at("2026-12-25T12:00"))


def test_a_desk_whose_last_hours_have_passed_never_opens():
    schedule = Schedule({}, {date(2026, 5, 6): hours("10:00-14:00")}, PHOENIX)
    assert schedule.is_known
    assert schedule.next_opening(at("2026-05-07T00:00")) is None
    assert list(schedule.spans(at("2026-05-07T00:00"))) == []
    assert not schedule.is_open(at("2026-05-07T19:00"))


def test_a_desk_that_opens_only_after_two_months_is_not_waited_for():
    schedule = Schedule({}, {date(2026, 7, 6): hours("10:00-14:00")}, PHOENIX)
    assert schedule.next_opening(at("2026-05-07T00:00", PHOENIX)) is None
    assert schedule.next_opening(at("2026-05-08T00:00", PHOENIX)) == at("2026-07-06T17:00")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-05-06T08:59:59", False),
        ("2026-05-06T09:00:00", True),
        ("2026-05-06T11:59:59", True),
        ("2026-05-06T12:00:00", False),
        ("2026-05-06T13:00:00", True),
        ("2026-05-06T17:00:00", False),
        ("2026-05-09T10:00:00", False),
    ],
)
def test_the_desk_is_open_from_the_first_second_to_before_the_last(moment, is_open):
    schedule = desk("9:00-12:00", "13:00-17:00")
    assert schedule.is_open(at(moment, PHOENIX)) is is_open
    assert schedule.is_open(at(moment, PHOENIX).astimezone(UTC)) is is_open


@pytest.mark.parametrize("fold", [0, 1])
def test_the_desk_is_open_in_the_hour_that_comes_twice(fold):
    schedule = DESKS["New York at night"]
    assert schedule.is_open(at("2026-11-01T01:30", NEW_YORK, fold))


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        ("2026-03-08", 180),
        ("2026-11-01", 300),
        ("2027-03-14", 180),
        ("2027-11-07", 300),
        ("2026-05-06", 240),
    ],
)
def test_a_night_shift_is_as_long_as_the_night_on_the_days_of_the_change(day, minutes):
    schedule = desk("0:00-4:00", zone=NEW_YORK, days=ALL_WEEK)
    start = at(f"{day}T00:00", NEW_YORK)
    assert schedule.minutes_between(start, at(f"{day}T12:00", NEW_YORK)) == minutes
    arizona = schedule._replace(time_zone=PHOENIX)
    start = at(f"{day}T00:00", PHOENIX)
    assert arizona.minutes_between(start, at(f"{day}T12:00", PHOENIX)) == 240


def test_an_opening_that_the_clock_skips_or_shows_twice_is_counted_as_rfc_5545_says():
    schedule = desk("2:30-6:00", zone=NEW_YORK, days=ALL_WEEK)
    assert schedule.next_opening(at("2026-03-08T00:00", NEW_YORK)) == at("2026-03-08T07:30")
    schedule = desk("1:30-6:00", zone=NEW_YORK, days=ALL_WEEK)
    assert schedule.next_opening(at("2026-11-01T00:00", NEW_YORK)) == at("2026-11-01T05:30")


def test_a_shift_inside_the_gap_still_leaves_the_day_in_order():
    schedule = desk("2:15-2:45", "3:00-6:00", zone=NEW_YORK, days=ALL_WEEK)
    night = at("2026-03-08T00:00", NEW_YORK), at("2026-03-08T12:00", NEW_YORK)
    assert list(schedule.spans(*night)) == [span("2026-03-08T07:00", "2026-03-08T10:00")]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-05-06T11:30", "2026-05-06T13:30", 60),
        ("2026-05-06T11:30", "2026-05-06T12:30", 30),
        ("2026-05-08T16:45", "2026-05-11T09:20", 35),
        ("2026-05-06T11:59:30", "2026-05-06T13:00:29", 0),
        ("2026-05-06T11:59:30", "2026-05-06T13:00:30", 1),
        ("2026-05-06T18:00", "2026-05-07T08:00", 0),
        ("2026-05-07T10:00", "2026-05-06T10:00", 0),
        ("2026-12-23T16:00", "2026-12-28T10:00", 60 + 210 + 60),
    ],
)
def test_minutes_count_opening_time_alone(start, end, minutes):
    schedule = DESKS["Phoenix with lunch and holidays"]
    assert schedule.minutes_between(at(start, PHOENIX), at(end, PHOENIX)) == minutes


@pytest.mark.parametrize("schedule", [*DESKS.values(), Schedule({}, {}, PHOENIX)])
def test_a_schedule_comes_back_from_json_unchanged(schedule):
    assert Schedule.from_json(json.loads(json.dumps(schedule.as_json()))) == schedule


@pytest.mark.parametrize(
    "values", [{}, {"weekly": {"0": [["9", "x"]]}, "special": {}, "time_zone": PHOENIX}]
)
def test_something_else_is_no_schedule(values):
    with pytest.raises((KeyError, ValueError)):
        Schedule.from_json(values)


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        ("2026-05-04T07:00", 0),  # Monday midnight in Phoenix
        ("2026-05-04T06:59", 167),
        ("2026-05-06T19:30", 2 * 24 + 12),
    ],
)
def test_the_hour_of_the_week_is_on_the_desks_clock(moment, hour):
    assert hour_of_week(at(moment)) == hour
    assert hour_of_week(at(moment).astimezone(at(moment, NEW_YORK).tzinfo)) == hour


@pytest.mark.django_db
def test_the_desks_hours_are_read_as_stored(django_assert_num_queries):
    OpeningHours.objects.create(weekday=0, opens=time(13), closes=time(0))
    OpeningHours.objects.create(weekday=0, opens=time(9), closes=time(12))
    SpecialDay.objects.create(date=date(2026, 12, 25), name="Christmas")
    SpecialDay.objects.create(
        date=date(2026, 12, 24), name="Christmas Eve", opens=time(9), closes=time(12)
    )
    with django_assert_num_queries(2):
        schedule = Schedule.current()
    assert schedule == (
        {0: hours("9:00-12:00", "13:00-0:00")},
        {date(2026, 12, 24): (Hours(time(9), time(12)),), date(2026, 12, 25): ()},
        PHOENIX,
    )
    assert schedule.is_known


@pytest.mark.django_db
def test_the_hours_are_unknown_until_someone_enters_them():
    assert not Schedule.current().is_known


def beside(hours_of_row, weekday=0):
    """A row to check, where the desk is open from 9 to 17 on Monday."""
    OpeningHours.objects.create(weekday=0, opens=time(9), closes=time(17))
    ((opens, closes),) = hours(hours_of_row)
    return OpeningHours(weekday=weekday, opens=opens, closes=closes)


@pytest.mark.django_db
@pytest.mark.parametrize("hours_of_row", ["8:00-9:00", "17:00-0:00"])
def test_hours_of_one_day_may_touch(hours_of_row):
    beside(hours_of_row).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("hours_of_row", ["8:00-9:01", "16:59-0:00", "10:00-11:00", "0:00-0:00"])
def test_hours_of_one_day_do_not_overlap(hours_of_row):
    with pytest.raises(ValidationError, match="overlap"):
        beside(hours_of_row).full_clean()


@pytest.mark.django_db
def test_hours_of_another_day_do_not_overlap():
    beside("10:00-11:00", weekday=1).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        OpeningHours(weekday=0, opens=time(9), closes=time(9)),
        OpeningHours(weekday=0, opens=time(17), closes=time(9)),
        OpeningHours(weekday=7, opens=time(9), closes=time(17)),
        SpecialDay(date=date(2026, 12, 25), name="x", opens=time(9)),
        SpecialDay(date=date(2026, 12, 25), name="x", opens=time(17), closes=time(9)),
    ],
)
def test_the_database_refuses_hours_that_cannot_be(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
