from datetime import UTC, datetime, timedelta

from django.utils import timezone, translation

from contact.intake.queue.row_times import short_time, waiting_time

# A Monday; 10 a.m. in Phoenix.
NOW = datetime(2026, 3, 2, 17, 0, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_time_tells_the_day_unless_it_is_today():
    assert short_time(NOW + 65 * MINUTE, NOW) == "11:05 a.m."
    assert short_time(NOW + DAY, NOW) == "Tue 10 a.m."
    assert short_time(NOW - DAY, NOW) == "Mar 1, 10 a.m."
    assert short_time(NOW + 7 * DAY, NOW) == "Mar 9, 10 a.m."
    assert short_time(NOW - 400 * DAY, NOW).endswith("2025")
    assert short_time(NOW + 65 * MINUTE, NOW - DAY) == "Mon 11:05 a.m."


def test_a_time_is_told_in_the_readers_language_and_on_the_desks_clock():
    with translation.override("es"):
        assert short_time(NOW + DAY, NOW) == "mar 10 a.m."
    with timezone.override("America/New_York"):
        assert short_time(NOW + DAY, NOW) == "Tue noon"


def test_a_wait_is_told_in_one_unit():
    assert waiting_time(NOW - 61 * MINUTE, NOW) == "Waiting 1\N{NO-BREAK SPACE}hour"
    later = NOW + 60 * MINUTE
    assert waiting_time(NOW - 61 * MINUTE, later) == "Waiting 2\N{NO-BREAK SPACE}hours"
