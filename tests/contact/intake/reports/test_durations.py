import pytest

from contact.intake.reports.durations import duration


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (90, "1 h 30 min"),
        (1560, "26 h"),
        (1565, "26 h 5 min"),
    ],
)
def test_long_waits_are_said_in_hours(minutes, words):
    assert duration(minutes) == words
