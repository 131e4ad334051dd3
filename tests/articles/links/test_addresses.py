"""What editors type as an address, and what they meant."""

import pytest

from articles.links.addresses import parse_href, suggestion
from articles.links.rows import Problem


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("988", "tel:988"), ("911", "tel:911"), ("888-281-0805", "tel:8882810805"),
        ("(602) 555-0123", "tel:6025550123"), ("+44 20 7946 0018", "tel:+442079460018"),
        ("nida.nih.gov", "https://nida.nih.gov"), ("www.nida.nih.gov/a?b=c#d",
        "https://www.nida.nih.gov/a?b=c#d"), ("help@example.org", "mailto:help@example.org"),
        ("articles/what-helps/", "/articles/what-helps/"), ("faq", ""), ("", ""), ("998", ""),
        ("click here", ""), ("javascript:alert(1)", ""), ("tel:988", ""), ("/faq/", ""),
        ("https://nida.nih.gov", ""), ("#part", ""), ("sms:988", ""),
    ],
)  # fmt: skip
def test_what_is_no_address_is_understood_or_left_alone(typed, meant):
    assert suggestion(typed) == meant
    if meant:
        assert parse_href(meant).problem is None


@pytest.mark.parametrize(
    ("href", "problem"),
    [
        ("tel:998", Problem.NUMBER), ("tel:", Problem.NUMBER), ("tel:call-us", Problem.NUMBER),
        ("sms:", Problem.NUMBER), ("sms:988", None), ("sms:435748?body=HELP", None),
        ("tel:+1-888-281-0805", None), ("tel:211", None), ("mailto:", Problem.MAIL),
        ("mailto:help@example.org?subject=Hi", None), ("nida.nih.gov", Problem.NO_ADDRESS),
        ("988", Problem.NO_ADDRESS), ("../faq/", Problem.NO_ADDRESS), ("", Problem.NO_ADDRESS),
        ("https://nida", Problem.NO_ADDRESS), ("https://[", Problem.NO_ADDRESS),
        ("//example.org/x", None), ("ftp://example.org", Problem.NO_ADDRESS),
    ],
)  # fmt: skip
def test_address_that_nothing_can_follow_is_told_apart(href, problem):
    assert parse_href(href).problem is problem


def test_own_pages_are_known_however_they_are_written(settings):
    settings.SITE_URL = "https://www.example.org"
    for href in (
        "/faq/#is-it-safe", "/faq#is-it-safe", "https://www.example.org/faq/#is-it-safe",
        "http://example.org/faq/?from=x#is-it-safe", "//www.example.org/faq/#is-it-safe",
    ):  # fmt: skip
        assert parse_href(href)[:2] == ("/faq/", "is-it-safe"), href
    assert parse_href("https://www.example.org").path == "/"
    assert parse_href("https://www.example.com/faq/").is_outside
