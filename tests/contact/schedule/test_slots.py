from bisect import bisect_right
from datetime import UTC, date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from contact.schedule.calling_hours import MAINLAND, BestTime, callers_time, known_zones
from contact.schedule.opening_hours import Schedule, Span
from contact.schedule.slots import (
    CallPreferences,
    after_minutes,
    is_open_at_night,
    keeps_wish,
    next_slot,
    overlaps_opening_hours,
    preferred_window,
)
from tests.contact.desks import (
    NEW_YORK,
    PHOENIX,
    at,
    desk,
    hours,
    is_staffed,
    is_within,
    joined,
    moments,
    span,
)

OFFICE = desk("9:00-17:00")
LONG_DAYS = desk(
    *("7:00-12:00", "13:00-20:30"),
    special={date(2026, 11, 26): (), date(2026, 3, 8): hours("6:00-0:00")},
)
EVERY_DAY = desk("7:00-12:00", "13:00-20:30", days=range(7))
NEW_YORK_ALWAYS = desk("0:00-0:00", zone=NEW_YORK, days=range(7))
NEW_YORK_LUNCH = desk("8:00-12:00", "13:00-21:00", zone=NEW_YORK, days=range(7))
UNKNOWN = Schedule({}, {}, PHOENIX)


def slots(schedule, caller, after):
    """Yield the slots of this caller, one after the other, without end."""
    while True:
        slot = next_slot(schedule, caller, after)
        yield slot
        after = slot.end


def may_call(schedule, caller, moment):
    """Check the caller's clock, or the clocks at both ends of the mainland."""
    zones = [caller.time_zone] if caller.time_zone in known_zones() else MAINLAND
    clocks = [moment.astimezone(ZoneInfo(zone)).time() for zone in zones]
    chosen = BestTime(caller.best_time).window
    return is_staffed(schedule, moment) and all(is_within([chosen], shown) for shown in clocks)


@pytest.mark.parametrize(
    ("schedule", "caller"),
    [
        (LONG_DAYS, CallPreferences("any", NEW_YORK)),
        (EVERY_DAY, CallPreferences("morning", PHOENIX)),
        (EVERY_DAY, CallPreferences("evening", "")),
        (LONG_DAYS, CallPreferences("any", "no such zone")),
        (NEW_YORK_LUNCH, CallPreferences("afternoon", NEW_YORK)),
        (NEW_YORK_ALWAYS, CallPreferences("any", "Asia/Kolkata")),
        (LONG_DAYS, CallPreferences("any", "Pacific/Guam")),
        (desk("9:00-17:00", zone="Pacific/Guam"), CallPreferences("any", PHOENIX)),
    ],
)
def test_from_hours_of_a_whole_year_the_next_slot_is_the_one_on_the_clocks(schedule, caller):
    start, end = at("2026-01-01T00:00"), at("2027-01-08T00:00")
    expected = joined(m for m in moments(start, end) if may_call(schedule, caller, m))
    ends = [each.end for each in expected]
    # Each hour of each weekday comes ten times; around changes of the clocks, all of them.
    hours = set(range(0, 365 * 24, 5))
    for change in (at("2026-03-08T00:00"), at("2026-11-01T00:00")):
        first = (change - start) // timedelta(hours=1)
        hours |= set(range(first - 48, first + 72))
    for hour in sorted(hours):
        moment = start + timedelta(hours=hour)
        first = expected[bisect_right(ends, moment)]
        slot = next_slot(schedule, caller, moment)
        assert slot == (max(first.start, moment), first.end), moment


@pytest.mark.parametrize(
    ("before", "utc"),
    [
        # New York's clock changes in the night to Sunday; Arizona's never does.
        ("2026-03-06T20:00", ["2026-03-07T13:00", "2026-03-08T12:00", "2026-03-09T12:00"]),
        ("2026-10-30T22:00", ["2026-10-31T12:00", "2026-11-01T13:00", "2026-11-02T13:00"]),
        ("2027-03-12T20:00", ["2027-03-13T13:00", "2027-03-14T12:00", "2027-03-15T12:00"]),
        ("2027-11-05T22:00", ["2027-11-06T12:00", "2027-11-07T13:00", "2027-11-08T13:00"]),
    ],
)
def test_new_york_is_called_from_eight_on_its_own_clock_through_both_changes(before, utc):
    for schedule in (UNKNOWN, NEW_YORK_ALWAYS, NEW_YORK_LUNCH):
        found = slots(schedule, CallPreferences("morning", NEW_YORK), at(before, NEW_YORK))
        assert [each.start for each in islice(found, 3)] == [at(moment) for moment in utc]


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-03-07", ("16:00", "02:00")),  # 9 a.m. is 11 a.m. in New York, 7 p.m. 9 p.m. there
        ("2026-03-08", ("16:00", "01:00")),  # 9 a.m. is noon in New York, 6 p.m. 9 p.m. there
        ("2026-10-31", ("16:00", "01:00")),
        ("2026-11-01", ("16:00", "02:00")),
        ("2027-03-13", ("16:00", "02:00")),
        ("2027-03-14", ("16:00", "01:00")),
        ("2027-11-06", ("16:00", "01:00")),
        ("2027-11-07", ("16:00", "02:00")),
    ],
)
def test_phoenix_stops_calling_new_york_an_hour_earlier_in_summer(day, utc):
    schedule = desk("9:00-20:00", days=range(7))
    slot = next_slot(schedule, CallPreferences("any", NEW_YORK), at(f"{day}T03:00", PHOENIX))
    tomorrow = date.fromisoformat(day) + timedelta(days=1)
    assert slot == span(f"{day}T{utc[0]}", f"{tomorrow}T{utc[1]}")


def test_lunch_splits_the_time_in_which_to_call():
    schedule = desk("9:00-12:00", "13:00-17:00")
    found = slots(schedule, CallPreferences("any", PHOENIX), at("2026-05-08T11:00", PHOENIX))
    assert list(islice(found, 3)) == [
        span("2026-05-08T11:00", "2026-05-08T12:00", PHOENIX),
        span("2026-05-08T13:00", "2026-05-08T17:00", PHOENIX),
        span("2026-05-11T09:00", "2026-05-11T12:00", PHOENIX),
    ]


def test_a_holiday_is_passed_over_and_special_hours_are_used():
    special = {date(2026, 11, 26): (), date(2026, 11, 27): hours("10:00-11:00", "15:00-16:00")}
    schedule = desk("9:00-17:00", special=special)
    found = slots(schedule, CallPreferences("afternoon", PHOENIX), at("2026-11-25T17:00", PHOENIX))
    assert list(islice(found, 2)) == [
        span("2026-11-27T15:00", "2026-11-27T16:00", PHOENIX),
        span("2026-11-30T12:00", "2026-11-30T17:00", PHOENIX),
    ]


def test_a_desk_open_over_midnight_calls_nobody_at_night():
    schedule = Schedule({0: hours("18:00-0:00"), 1: hours("0:00-9:00")}, {}, PHOENIX)
    found = slots(schedule, CallPreferences("any", PHOENIX), at("2026-05-04T00:00", PHOENIX))
    assert list(islice(found, 2)) == [
        span("2026-05-04T18:00", "2026-05-04T21:00", PHOENIX),
        span("2026-05-05T08:00", "2026-05-05T09:00", PHOENIX),
    ]


def test_slots_are_given_in_utc_whatever_zone_the_question_was_in():
    moment = at("2026-11-01T01:30", NEW_YORK, fold=1)
    for schedule in (UNKNOWN, OFFICE):
        for slot in islice(slots(schedule, CallPreferences("any", ""), moment), 3):
            assert slot.start.tzinfo is UTC
            assert slot.end.tzinfo is UTC
    noon = at("2026-05-06T12:00", PHOENIX)
    assert preferred_window(CallPreferences("any", PHOENIX), noon).start.tzinfo is UTC


def test_a_choice_that_never_meets_the_hours_gives_way_to_any_time_of_day():
    caller = CallPreferences("evening", PHOENIX)
    assert next_slot(OFFICE, caller, at("2026-05-06T10:00", PHOENIX)) == span(
        "2026-05-06T10:00", "2026-05-06T17:00", PHOENIX
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # The wish can be kept tomorrow: they wait for it.
        ("2026-05-06T18:30", ("2026-05-07T17:00", "2026-05-07T18:00")),
        # The next evening is five days off: they are called sooner.
        ("2026-05-07T18:30", ("2026-05-08T09:00", "2026-05-08T17:00")),
        ("2026-05-08T10:00", ("2026-05-08T10:00", "2026-05-08T17:00")),
        # Closed at the weekend: the day begins when the desk opens.
        ("2026-05-09T10:00", ("2026-05-11T09:00", "2026-05-11T17:00")),
    ],
)
def test_the_time_of_day_is_waited_for_a_day_and_no_longer(now, expected):
    weekly = {day: hours("9:00-17:00") for day in range(5)}
    weekly |= {day: hours("9:00-18:00") for day in (2, 3)}
    schedule, caller = Schedule(weekly, {}, PHOENIX), CallPreferences("evening", PHOENIX)
    slot = next_slot(schedule, caller, at(now, PHOENIX))
    assert slot == span(*expected, PHOENIX)
    assert keeps_wish(schedule, caller, at(now, PHOENIX)) is (slot.start.hour == 0)


def test_the_day_begins_when_a_long_holiday_ends():
    closed = {date(2026, 12, 1) + timedelta(days=n): () for n in range(40)}
    schedule = Schedule({0: hours("9:00-20:00")}, closed, PHOENIX)
    slot = next_slot(schedule, CallPreferences("evening", PHOENIX), at("2026-12-01T10:00", PHOENIX))
    assert slot == span("2027-01-11T17:00", "2027-01-11T20:00", PHOENIX)


def test_a_desk_that_never_meets_the_callers_day_leaves_their_clock_alone():
    # 9 a.m. to 5 p.m. in Phoenix is half past 9 p.m. to half past 5 a.m. in Kolkata.
    for best_time in BestTime.values:
        slot = next_slot(OFFICE, CallPreferences(best_time, "Asia/Kolkata"), at("2026-05-06T00:00"))
        assert slot == span("2026-05-06T08:00", "2026-05-06T21:00", "Asia/Kolkata")


def test_hours_that_have_all_passed_leave_the_callers_clock_alone():
    schedule = Schedule({}, {date(2026, 5, 6): hours("10:00-14:00")}, PHOENIX)
    slot = next_slot(schedule, CallPreferences("any", PHOENIX), at("2026-05-07T00:00", PHOENIX))
    assert slot == span("2026-05-07T08:00", "2026-05-07T21:00", PHOENIX)


def test_guam_is_called_on_the_next_day_of_its_own_calendar():
    # 3 p.m. on Wednesday in Phoenix is 8 a.m. on Thursday in Guam.
    slot = next_slot(
        OFFICE, CallPreferences("morning", "Pacific/Guam"), at("2026-05-06T09:00", PHOENIX)
    )
    assert slot == span("2026-05-07T08:00", "2026-05-07T10:00", "Pacific/Guam")
    assert slot == span("2026-05-06T15:00", "2026-05-06T17:00", PHOENIX)


@pytest.mark.parametrize(
    ("best_time", "start", "end"),
    [
        ("any", "11:00", "21:00"),
        ("morning", "11:00", "12:00"),
        ("afternoon", "15:00", "17:00"),
        ("evening", "20:00", "21:00"),
        ("nonsense", "11:00", "21:00"),
    ],
)
def test_without_a_time_zone_both_ends_of_the_mainland_must_fit(best_time, start, end):
    slot = next_slot(
        NEW_YORK_ALWAYS, CallPreferences(best_time, ""), at("2026-05-06T00:00", NEW_YORK)
    )
    assert slot == span(f"2026-05-06T{start}", f"2026-05-06T{end}", NEW_YORK)


@pytest.mark.parametrize("zone", ["America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", ""])
@pytest.mark.parametrize("best_time", [each for each in BestTime if each != BestTime.NOW])
@pytest.mark.parametrize("schedule", [UNKNOWN, OFFICE, LONG_DAYS, NEW_YORK_ALWAYS])
def test_nobody_is_called_outside_eight_to_nine_unasked(schedule, best_time, zone):
    after = at("2026-02-27T00:00")
    for slot in islice(slots(schedule, CallPreferences(best_time, zone), after), 40):
        assert after <= slot.start < slot.end
        assert callers_time(zone, slot.start).is_callable
        assert callers_time(zone, slot.end - timedelta(seconds=1)).is_callable
        assert slot.end - slot.start <= timedelta(hours=13)
        after = slot.end


def test_the_preferred_window_ignores_the_desk():
    caller = CallPreferences("evening", PHOENIX)
    evening = span("2026-05-06T17:00", "2026-05-06T21:00", PHOENIX)
    assert preferred_window(caller, at("2026-05-06T00:00", PHOENIX)) == evening
    now = at("2026-05-06T18:30", PHOENIX)
    assert preferred_window(caller, now) == Span(now, evening.end)


@pytest.mark.parametrize(
    ("start", "minutes", "then"),
    [
        ("2026-05-06T10:00", 60, "2026-05-06T11:00"),
        ("2026-05-06T11:30", 60, "2026-05-06T13:30"),  # over lunch
        ("2026-05-06T11:00", 60, "2026-05-06T12:00"),  # exactly until lunch
        ("2026-05-06T03:00", 60, "2026-05-06T10:00"),
        ("2026-05-08T16:30", 60, "2026-05-11T09:30"),  # over the weekend
        ("2026-05-06T03:00", 0, "2026-05-06T09:00"),
        ("2026-05-06T10:00", 0, "2026-05-06T10:00"),
        ("2026-05-04T09:00", 5 * 7 * 60 + 1, "2026-05-11T09:01"),
    ],
)
def test_minutes_pass_only_while_the_person_may_be_called(start, minutes, then):
    schedule = desk("9:00-12:00", "13:00-17:00")
    caller = CallPreferences("any", PHOENIX)
    assert after_minutes(schedule, caller, at(start, PHOENIX), minutes) == at(then, PHOENIX)


def test_minutes_pass_on_the_callers_clock_over_the_change():
    caller = CallPreferences("any", NEW_YORK)
    friday = at("2026-03-06T20:30", NEW_YORK)
    # The weekend has two whole days of 13 hours; Sunday's begins an hour earlier in UTC.
    then = after_minutes(UNKNOWN, caller, friday, 30 + 13 * 60 + 60)
    assert then == at("2026-03-08T09:00", NEW_YORK) == at("2026-03-08T13:00")


@pytest.mark.parametrize(
    ("schedule", "caller", "expected"),
    [
        (OFFICE, CallPreferences("morning", PHOENIX), True),
        (OFFICE, CallPreferences("evening", PHOENIX), False),
        # 5 to 9 p.m. in Hawaii is 8 p.m. to midnight in Phoenix; in New York, from 3 p.m.
        (OFFICE, CallPreferences("evening", "Pacific/Honolulu"), False),
        (LONG_DAYS, CallPreferences("evening", "Pacific/Honolulu"), True),
        (OFFICE, CallPreferences("evening", NEW_YORK), True),
        (OFFICE, CallPreferences("any", "Asia/Kolkata"), False),
        (UNKNOWN, CallPreferences("evening", "Pacific/Honolulu"), True),
        (
            Schedule({}, {date(2026, 1, 1): hours("9:00-17:00")}, PHOENIX),
            CallPreferences("any", ""),
            False,
        ),
    ],
)
def test_hours_overlap_if_the_desk_is_ever_staffed_then(schedule, caller, expected):
    after = at("2026-03-03T00:00", PHOENIX)
    assert overlaps_opening_hours(schedule, caller, after) is expected
    slot = next_slot(schedule, caller, after)
    chosen = may_call(schedule, caller, slot.start)
    assert chosen is expected or not schedule.is_known


AT_NIGHT = CallPreferences("now", PHOENIX)
TWO = at("2026-05-06T02:00", PHOENIX)


def test_who_asked_to_be_called_at_night_is_called_then_by_a_desk_that_is_open():
    always = desk("0:00-0:00", days=range(7))
    assert next_slot(always, AT_NIGHT, TWO) == span("2026-05-06T02:00", "2026-05-07T00:00", PHOENIX)
    evening = desk("15:00-23:00", days=range(7))
    assert next_slot(evening, AT_NIGHT, TWO).start == at("2026-05-06T15:00", PHOENIX)
    late = next_slot(evening, AT_NIGHT, at("2026-05-06T22:00", PHOENIX))
    assert late == span("2026-05-06T22:00", "2026-05-06T23:00", PHOENIX)
    # Where they are has no say.
    far = next_slot(always, CallPreferences("now", "Asia/Kolkata"), at("2026-05-06T10:00", PHOENIX))
    assert far.start == at("2026-05-06T10:00", PHOENIX)
    assert next_slot(always, CallPreferences("any", PHOENIX), TWO).start.hour == 15


@pytest.mark.parametrize("zone", [PHOENIX, NEW_YORK, "Asia/Kolkata", ""])
@pytest.mark.parametrize("schedule", [UNKNOWN, OFFICE, desk("8:00-21:00", days=range(7))])
def test_a_desk_that_is_closed_at_night_takes_it_for_any_time(schedule, zone):
    now, anytime = CallPreferences("now", zone), CallPreferences("any", zone)
    first, second = slots(schedule, now, TWO), slots(schedule, anytime, TWO)
    assert list(islice(first, 5)) == list(islice(second, 5))


@pytest.mark.parametrize(
    ("schedule", "is_open"),
    [
        (desk("8:00-21:00"), False),
        (desk("7:30-17:00", days=[6]), True),
        (desk("12:00-21:30"), True),
        (desk("12:00-0:00"), True),
        (desk("9:00-17:00", special={date(2026, 12, 31): hours("9:00-0:00")}), False),
        (UNKNOWN, False),
    ],
)
def test_the_week_says_whether_the_desk_is_open_at_night(schedule, is_open):
    assert is_open_at_night(schedule) is is_open


def test_danger_is_called_as_soon_as_the_desk_opens_whatever_their_clock_or_wish():
    """The desk opens at 9 in Phoenix, when it is 6 in Honolulu."""
    caller = CallPreferences("evening", "Pacific/Honolulu", is_urgent=True)
    night = at("2026-03-04T02:00", PHOENIX)
    assert next_slot(desk("9:00-18:00"), caller, night).start == at("2026-03-04T09:00", PHOENIX)
    assert next_slot(desk("0:00-0:00", days=range(7)), caller, night).start == night
