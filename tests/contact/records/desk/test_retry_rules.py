from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contact.models import CallAttempt, RetryStep
from contact.records.desk.retry_rules import next_try
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences
from tests.contact.desks import NEW_YORK, PHOENIX, at, desk, span

OFFICE = desk("9:00-17:00")
ALWAYS = desk("0:00-0:00", days=range(7))
UNKNOWN = Schedule({}, {}, PHOENIX)
NO_ANSWER = CallAttempt.Outcome.NO_ANSWER
WEDNESDAY = "2026-05-06T10:00"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def steps():
    """After no answer: in 2 hours, then the next morning, then the third evening."""
    RetryStep.objects.all().delete()
    for tries, rule in enumerate(
        [{"minutes": 120}, {"days": 1, "part_of_day": "morning"},
         {"days": 3, "part_of_day": "evening"}], 1
    ):  # fmt: skip
        RetryStep.objects.create(outcome=NO_ANSWER, tries=tries, **rule)


def tried(schedule, tries, moment, zone=PHOENIX, best_time="any", of=PHOENIX):
    return next_try(schedule, CallPreferences(best_time, zone), NO_ANSWER, tries, at(moment, of))


def rule(**values):
    RetryStep.objects.filter(tries=1).update(**{"minutes": None, "days": None} | values)


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        (WEDNESDAY, "2026-05-06T12:00", "2026-05-06T17:00"),
        ("2026-05-06T16:00", "2026-05-07T09:00", "2026-05-07T17:00"),
        ("2026-05-08T15:00", "2026-05-11T09:00", "2026-05-11T17:00"),
    ],
)
def test_minutes_later_while_the_desk_is_open(moment, start, end):
    assert tried(OFFICE, 1, moment) == span(start, end, PHOENIX)


def test_minutes_later_only_in_the_time_of_day_that_they_chose():
    slot = tried(ALWAYS, 1, "2026-05-06T16:00", best_time="afternoon")
    assert slot == span("2026-05-07T12:00", "2026-05-07T17:00", PHOENIX)


def test_the_next_morning_and_the_third_evening_are_on_the_callers_clock():
    assert tried(ALWAYS, 2, WEDNESDAY, NEW_YORK) == span(
        "2026-05-07T08:00", "2026-05-07T12:00", NEW_YORK
    )
    assert tried(ALWAYS, 3, WEDNESDAY, NEW_YORK) == span(
        "2026-05-09T17:00", "2026-05-09T21:00", NEW_YORK
    )


def test_tomorrow_is_the_callers_tomorrow():
    # 8 p.m. on Wednesday in Phoenix is 1 p.m. on Thursday in Guam.
    slot = tried(ALWAYS, 2, "2026-05-06T20:00", "Pacific/Guam")
    assert slot == span("2026-05-08T08:00", "2026-05-08T12:00", "Pacific/Guam")


def test_without_a_time_zone_tomorrow_is_the_desks():
    # In New York it is already Thursday.
    slot = tried(ALWAYS, 2, "2026-05-06T22:30", zone="")
    assert slot == span("2026-05-07T11:00", "2026-05-07T12:00", NEW_YORK)
    late = desk("0:00-0:00", zone=NEW_YORK, days=range(7))
    slot = tried(late, 2, "2026-05-06T22:30", zone="")
    assert slot == span("2026-05-08T11:00", "2026-05-08T12:00", NEW_YORK)


def test_the_time_of_day_that_they_chose_goes_before_the_rules():
    assert tried(ALWAYS, 2, WEDNESDAY, best_time="evening") == span(
        "2026-05-07T17:00", "2026-05-07T21:00", PHOENIX
    )


def test_a_rule_without_a_part_of_the_day_means_any_time_of_that_day():
    RetryStep.objects.filter(tries=2).update(part_of_day="")
    assert tried(ALWAYS, 2, WEDNESDAY) == span("2026-05-07T08:00", "2026-05-07T21:00", PHOENIX)
    assert tried(ALWAYS, 2, WEDNESDAY, best_time="morning") == span(
        "2026-05-07T08:00", "2026-05-07T12:00", PHOENIX
    )


def test_an_evening_when_the_desk_is_never_open_becomes_any_time_of_that_day():
    assert tried(OFFICE, 3, "2026-05-05T10:00") == span(
        "2026-05-08T09:00", "2026-05-08T17:00", PHOENIX
    )


@pytest.mark.parametrize(
    ("friday", "start"),
    [
        ("2026-03-06", "2026-03-09T21:00"),
        ("2026-10-30", "2026-11-02T22:00"),
        ("2027-03-12", "2027-03-15T21:00"),
        ("2027-11-05", "2027-11-08T22:00"),
    ],
)
def test_the_third_evening_begins_at_five_after_new_yorks_clock_changed(friday, start):
    slot = tried(ALWAYS, 3, f"{friday}T10:00", NEW_YORK)
    assert slot.start == at(start)
    assert slot.start.astimezone(ZoneInfo(NEW_YORK)).hour == 17


@pytest.mark.parametrize("of", [NEW_YORK, "UTC"])
def test_minutes_are_real_minutes_in_the_night_of_the_change(of):
    rule(minutes=8 * 60)
    # 8 hours after 1 a.m. it is 10 a.m.: the clock skipped an hour.
    midnight = at("2026-03-08T01:00", NEW_YORK).astimezone(ZoneInfo(of))
    slot = next_try(UNKNOWN, CallPreferences("any", NEW_YORK), NO_ANSWER, 1, midnight)
    assert slot.start == at("2026-03-08T10:00", NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        (WEDNESDAY, "2026-05-06T17:00"),
        ("2026-05-06T16:59", "2026-05-06T17:00"),
        ("2026-05-06T17:00", "2026-05-07T17:00"),
        ("2026-05-06T18:30", "2026-05-07T17:00"),
        ("2026-05-06T21:30", "2026-05-07T17:00"),
    ],
)
def test_this_evening_is_the_next_one_when_the_call_was_in_the_evening(moment, start):
    rule(days=0, part_of_day="evening")
    for of in (PHOENIX, NEW_YORK):
        now = at(moment, PHOENIX).astimezone(ZoneInfo(of))
        slot = next_try(ALWAYS, CallPreferences("any", PHOENIX), NO_ANSWER, 1, now)
        assert slot.start == at(start, PHOENIX)


def test_no_try_falls_due_sooner_than_its_rule():
    for hour in range(0, 24 * 9, 7):
        now = at("2026-03-03T00:00") + timedelta(hours=hour)
        for schedule in (OFFICE, ALWAYS, UNKNOWN):
            for zone in (PHOENIX, NEW_YORK, "Asia/Kolkata"):
                caller, day = CallPreferences("any", zone), now.astimezone(ZoneInfo(zone)).date()
                first, second = (
                    next_try(schedule, caller, NO_ANSWER, tries, now) for tries in (1, 2)
                )
                assert first.start >= now + timedelta(hours=2)
                assert second.start.astimezone(ZoneInfo(zone)).date() > day


@pytest.mark.parametrize(("outcome", "tries"), [(NO_ANSWER, 4), (NO_ANSWER, 0), ("voicemail", 1)])
def test_without_a_rule_for_exactly_this_try_a_lead_decides(outcome, tries):
    assert next_try(OFFICE, CallPreferences("any", PHOENIX), outcome, tries, at(WEDNESDAY)) is None


def test_a_hole_in_the_rules_is_a_leads_decision_too():
    RetryStep.objects.filter(tries=2).delete()
    assert tried(OFFICE, 2, WEDNESDAY) is None
    assert tried(OFFICE, 3, WEDNESDAY) is not None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"minutes": 60, "days": 1},
        {"minutes": 60, "part_of_day": "morning"},
        {"part_of_day": "morning"},
    ],
)
def test_a_rule_is_either_minutes_or_days(values):
    step = RetryStep(outcome=NO_ANSWER, tries=9, **values)
    with pytest.raises(ValidationError, match="either minutes"):
        step.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()


def test_each_try_has_one_rule():
    with pytest.raises(IntegrityError), transaction.atomic():
        RetryStep.objects.create(outcome=NO_ANSWER, tries=1, minutes=5)


def test_words_that_may_mean_danger_have_steps_of_their_own():
    RetryStep.objects.create(outcome=NO_ANSWER, tries=2, is_urgent=True, minutes=30)
    someone = OFFICE, CallPreferences("any", PHOENIX), NO_ANSWER
    slot = span("2026-05-06T10:30", "2026-05-06T17:00", PHOENIX)
    assert next_try(*someone, 2, at(WEDNESDAY, PHOENIX), is_urgent=True) == slot
    assert next_try(*someone, 2, at(WEDNESDAY, PHOENIX)) == tried(OFFICE, 2, WEDNESDAY) != slot


def test_danger_without_a_step_of_its_own_follows_the_rule_for_everybody():
    someone = OFFICE, CallPreferences("any", PHOENIX), NO_ANSWER, 1, at(WEDNESDAY, PHOENIX)
    assert next_try(*someone, is_urgent=True) == next_try(*someone) is not None
