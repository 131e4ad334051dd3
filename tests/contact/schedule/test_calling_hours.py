from datetime import UTC, datetime

import pytest

from contact.schedule import calling_hours
from contact.schedule.number_zones import ZONES_BY_PREFIX, number_zones


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "is_callable"),
    [
        ("America/Phoenix", "2026-01-15T14:59", False),  # 7:59
        ("America/Phoenix", "2026-01-15T15:00", True),  # 8:00
        ("America/Phoenix", "2026-01-16T03:59", True),  # 20:59
        ("America/Phoenix", "2026-01-16T04:00", False),  # 21:00
        # Arizona keeps its clock in summer, New York does not.
        ("America/Phoenix", "2026-07-15T15:00", True),
        ("America/New_York", "2026-01-15T12:59", False),
        ("America/New_York", "2026-01-15T13:00", True),
        ("America/New_York", "2026-07-15T12:00", True),
        # The days on which New York's clock changes.
        ("America/New_York", "2026-03-08T12:00", True),
        ("America/New_York", "2026-11-01T12:59", False),
        ("America/New_York", "2026-11-01T13:00", True),
    ],
)
def test_calls_are_made_from_eight_to_nine_at_the_callers_own_time(zone, moment, is_callable):
    assert calling_hours.callers_time(zone, at(moment)).is_callable is is_callable


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../etc/passwd"])
def test_without_a_time_zone_no_clock_is_called_theirs(zone):
    local = calling_hours.callers_time(zone, at("2026-01-15T20:00"))
    assert not local.is_known
    assert str(local) == (
        "Time zone not given; on the mainland Thu noon (Los Angeles) to Thu 3\u00a0p.m. (New York)"
    )


@pytest.mark.parametrize(
    ("moment", "is_callable"),
    [
        ("2026-01-15T15:59", False),  # 7:59 in Los Angeles
        ("2026-01-15T16:00", True),
        ("2026-01-16T01:59", True),  # 20:59 in New York
        ("2026-01-16T02:00", False),
    ],
)
def test_without_a_time_zone_it_must_be_day_on_the_whole_mainland(moment, is_callable):
    assert calling_hours.callers_time("", at(moment)).is_callable is is_callable
    assert calling_hours.when_to_call("any", "", at(moment)).is_good is is_callable


@pytest.mark.parametrize(
    ("number", "moment", "is_callable"),
    [
        # 3:30 a.m. in Guam and Hawaii, in the middle of the mainland's day or evening.
        ("+16715550123", "2026-01-15T17:30", False),
        ("+16715550123", "2026-01-15T23:30", True),
        ("+18085550123", "2026-01-15T17:30", False),
        ("+18085550123", "2026-01-15T18:00", True),
        ("+19075550123", "2026-01-15T17:30", False),
        # Of Arizona alone: evenings need not wait for New York.
        ("+16025550123", "2026-01-16T03:30", True),
        # Two zones: it must be day in both.
        ("+18505550123", "2026-01-15T13:30", False),
        ("+442079460958", "2026-01-15T20:59", True),
        ("+442079460958", "2026-01-15T21:00", False),
        # No area: the mainland.
        ("+18885550123", "2026-01-15T15:59", False),
        ("+18885550123", "2026-01-15T16:00", True),
    ],
)
def test_without_a_time_zone_the_number_bounds_the_hours(number, moment, is_callable):
    zones = number_zones(number)
    assert calling_hours.callers_time("", at(moment), zones).is_callable is is_callable
    assert calling_hours.when_to_call("any", "", at(moment), zones).is_good is is_callable


def test_the_zone_of_a_number_is_not_called_the_callers():
    local = calling_hours.callers_time("", at("2026-01-15T20:00"), number_zones("+18085550123"))
    assert not local.is_known
    assert str(local) == "Time zone not given; by their number Thu 10\u00a0a.m. HST"
    local = calling_hours.callers_time("", at("2026-01-15T20:00"), number_zones("+18505550123"))
    assert str(local) == ("Time zone not given; by their number Thu 2\u00a0p.m. to Thu 3\u00a0p.m.")


def test_the_zone_that_they_named_counts_more_than_the_number():
    local = calling_hours.callers_time("America/New_York", at("2026-01-15T20:00"), "Pacific/Guam")
    assert local.is_known
    assert str(local) == "Thu 3\u00a0p.m. EST for them"


@pytest.mark.parametrize(
    "codes",
    ["208 986", "270 364", "321 407 689", "458 541", "448 850", "505 575", "812 930",
     "236 250 257 672 778", "306 474 639", "367 418 581", "709 879", "787 939", "809 829 849"],
)  # fmt: skip
def test_later_codes_of_an_area_have_its_clocks(codes):
    moments = [at("2026-01-15T12:00"), at("2026-07-15T12:00")]
    clocks = {
        frozenset(
            tuple(moment.astimezone(zone).utcoffset() for moment in moments)
            for zone in calling_hours.possible_zones("", number_zones(f"+1{code}5550123"))
        )
        for code in codes.split()
    }
    assert len(clocks) == 1


@pytest.mark.parametrize(
    ("code", "zones"),
    [
        ("480", "America/Phoenix"),
        # The Navajo Nation has daylight time.
        ("928", "America/Denver America/Phoenix"),
        ("671", "Pacific/Guam"),
        ("808", "Pacific/Honolulu"),
        ("684", "Pacific/Pago_Pago"),
        ("787", "America/Puerto_Rico"),
        ("701", "America/Denver America/Chicago"),
        ("689", "America/New_York"),
        # Labrador has daylight time too.
        ("879", "America/Halifax America/St_Johns"),
    ],
)
def test_an_area_has_its_own_clocks(code, zones):
    assert number_zones(f"+1{code}5550123") == zones


def test_every_zone_of_a_number_is_known():
    named = {name for zones in ZONES_BY_PREFIX.values() for name in zones.split()}
    assert named <= calling_hours.known_zones()
    assert len(ZONES_BY_PREFIX) > 600


@pytest.mark.parametrize(
    ("best_time", "moment", "words"),
    [
        ("morning", "2026-01-15T16:00", "Now: Thu 9~a.m. MST for them (8~a.m.~to~noon)"),
        ("evening", "2026-01-15T16:00", "Asked for 5~p.m.~to~9~p.m.: Thu 9~a.m. MST"),
        ("any", "2026-01-15T11:00", "Not now: Thu 4~a.m. MST for them"),
        ("nonsense", "2026-01-15T16:00", "Now: Thu 9~a.m. MST for them (8~a.m.~to~9~p.m.)"),
    ],
)
def test_the_queue_says_when_to_call(best_time, moment, words):
    advice = calling_hours.when_to_call(best_time, "America/Phoenix", at(moment))
    assert words.replace("~", "\u00a0") in str(advice)
    assert advice.is_good is words.startswith("Now")


def test_hours_of_a_part_of_the_day_follow_one_another_and_fill_the_whole():
    any_time, *parts = (
        best_time.window
        for best_time in calling_hours.BestTime
        if best_time != calling_hours.BestTime.NOW
    )
    starts, ends = zip(*parts, strict=True)
    assert (starts[0], *ends) == (any_time[0], *starts[1:], any_time[1])
