"""What holds for every desk, every caller and every moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contact.schedule.calling_hours import EARLIEST_CALL, LATEST_CALL, BestTime, possible_zones
from contact.schedule.number_zones import ZONES_BY_PREFIX
from contact.schedule.opening_hours import Hours, Schedule
from contact.schedule.slots import (
    CallPreferences,
    after_minutes,
    is_called_at_night,
    keeps_wish,
    next_slot,
)
from tests.contact.desks import is_staffed, is_within

MONDAY = date(2026, 3, 2)
# Both changes of the clocks of 2026 and a year's end lie in these weeks.
WEEKS = st.integers(0, 45).map(lambda week: MONDAY + timedelta(weeks=week))
ZONE_NAMES = st.sampled_from(
    [
        *("America/Phoenix", "America/Shiprock", "America/New_York", "America/St_Johns"),
        *("Pacific/Guam", "Pacific/Kiritimati", "Asia/Kolkata"),
    ]
)
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def hours_of_a_day(draw):
    clocks = sorted(draw(st.sets(QUARTERS, min_size=0, max_size=4)))
    pairs = zip(clocks[::2], clocks[1::2], strict=False)
    return tuple(Hours(opens, closes) for opens, closes in pairs)


@st.composite
def desks(draw):
    weekly = {day: draw(hours_of_a_day()) for day in draw(st.sets(st.integers(0, 6)))}
    if draw(st.booleans()):
        weekly = {day: (Hours(time(0), time(0)),) for day in range(7)}
    days = draw(st.sets(st.integers(0, 330), max_size=4))
    special = {MONDAY + timedelta(days=day): draw(hours_of_a_day()) for day in days}
    zone = draw(st.sampled_from(["America/Phoenix", "America/New_York", "Pacific/Guam"]))
    return Schedule(weekly, special, zone)


CALLERS = st.builds(
    CallPreferences,
    st.sampled_from(BestTime.values),
    st.one_of(st.just(""), ZONE_NAMES),
    st.one_of(st.just(""), st.sampled_from(sorted(set(ZONES_BY_PREFIX.values())))),
)
MOMENTS = st.builds(
    lambda day, minutes: datetime.combine(day, time(0), UTC) + timedelta(minutes=minutes),
    WEEKS,
    st.integers(0, 7 * 24 * 60),
)


@settings(max_examples=60, deadline=None)
@given(desks(), CALLERS, MOMENTS)
def test_a_slot_is_in_their_day_in_their_wish_and_in_the_desks_hours(schedule, caller, after):
    slot = next_slot(schedule, caller, after)
    assert after <= slot.start < slot.end
    zones = possible_zones(caller.time_zone, caller.number_zones)
    for moment in (slot.start, slot.end - timedelta(seconds=1)):
        shown = [moment.astimezone(zone).time() for zone in zones]
        if not is_called_at_night(schedule, caller):
            assert all(is_within([(EARLIEST_CALL, LATEST_CALL)], clock) for clock in shown)
            if keeps_wish(schedule, caller, after):
                wish = BestTime(caller.best_time).window
                assert all(is_within([wish], clock) for clock in shown)
        if keeps_wish(schedule, caller, after) and schedule.is_known:
            assert is_staffed(schedule, moment)


SUNDAY_ALONE = Schedule({6: (Hours(time(0), time(19, 15)),)}, {}, "America/Phoenix")


# Too late for callers anywhere: the desk is next open in a week, when it can keep their wish.
@example(SUNDAY_ALONE, CallPreferences("morning", ""), datetime(2026, 3, 2, 2, tzinfo=UTC))
@settings(max_examples=40, deadline=None)
@given(desks(), CALLERS, MOMENTS)
def test_a_slot_that_has_come_is_still_the_slot(schedule, caller, after):
    slot = next_slot(schedule, caller, after)
    middle = slot.start + (slot.end - slot.start) / 2
    assert next_slot(schedule, caller, slot.start) == slot
    assert next_slot(schedule, caller, middle) == (middle, slot.end)


@settings(max_examples=25, deadline=None)
@given(desks(), CALLERS, MOMENTS, st.integers(0, 600), st.integers(0, 600))
def test_more_minutes_never_end_earlier(schedule, caller, after, minutes, more):
    first = after_minutes(schedule, caller, after, minutes)
    assert after <= first <= after_minutes(schedule, caller, after, minutes + more)


@settings(max_examples=60, deadline=None)
@given(desks(), CALLERS, MOMENTS)
def test_a_closed_day_is_never_called_on(schedule, caller, after):
    slot = next_slot(schedule, caller, after)
    day = slot.start.astimezone(ZoneInfo(schedule.time_zone)).date()
    closed = schedule._replace(special=schedule.special | {day: ()})
    again = next_slot(closed, caller, after)
    if keeps_wish(closed, caller, after) and closed.is_known:
        assert again.start.astimezone(ZoneInfo(schedule.time_zone)).date() != day
