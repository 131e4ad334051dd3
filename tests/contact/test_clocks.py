import pytest

from contact.templatetags.clocks import unbroken


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Mon 8 a.m. to 9 p.m.", "Mon 8\xa0a.m. to 9\xa0p.m."),
        ("Mon noon", "Mon noon"),
    ],
)
def test_a_time_of_day_stays_on_one_line(words, shown):
    assert unbroken(words) == shown
