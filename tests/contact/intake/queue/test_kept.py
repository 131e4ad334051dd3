from datetime import UTC, datetime, timedelta

from django.utils import timezone, translation

from contact.intake.queue import kept
from contact.schedule import calling_hours

# A Monday; 10 a.m. in Phoenix.
NOW = datetime(2026, 3, 2, 17, 0, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_moment_tells_the_day_unless_it_is_today():
    assert kept.moment(NOW + 65 * MINUTE, NOW) == "11:05 a.m."
    assert kept.moment(NOW + DAY, NOW) == "Tue 10 a.m."
    assert kept.moment(NOW - DAY, NOW) == "Mar 1, 10 a.m."
    assert kept.moment(NOW - 400 * DAY, NOW).endswith("2025")


def test_the_same_moment_is_told_anew_on_another_day():
    at = NOW + 65 * MINUTE
    assert kept.moment(at, NOW) == "11:05 a.m."
    assert kept.moment(at, NOW - DAY) == "Mon 11:05 a.m."
    assert kept.spoken(at, NOW) == "today 11:05 a.m."
    assert kept.spoken(at, NOW - DAY) == "tomorrow, Monday 11:05 a.m."


def test_seconds_change_nothing():
    for seconds in (0, 29, 59):
        now = NOW.replace(second=seconds)
        assert kept.spoken(now, now) == calling_hours.spoken(now, now=now)
        assert kept.callers_time("America/New_York", now) == "Mon noon EST for them"


def test_the_same_moment_in_another_language_and_on_another_clock():
    assert kept.moment(NOW + DAY, NOW) == "Tue 10 a.m."
    with translation.override("es"):
        assert kept.moment(NOW + DAY, NOW) == "mar 10 a.m."
    with timezone.override("America/New_York"):
        assert kept.moment(NOW + DAY, NOW) == "Tue noon"


def test_advice_changes_with_the_minute():
    before_nine = datetime(2026, 3, 3, 3, 59, 59, tzinfo=UTC)
    assert kept.when_to_call("any", "America/Phoenix", before_nine).is_good
    assert not kept.when_to_call("any", "America/Phoenix", before_nine + MINUTE).is_good


def test_a_wait_is_told_in_one_unit():
    assert kept.waited(NOW - 61 * MINUTE, NOW) == "Waiting 1\N{NO-BREAK SPACE}hour"
    assert kept.waited(NOW - 61 * MINUTE, NOW + 60 * MINUTE) == "Waiting 2\N{NO-BREAK SPACE}hours"
