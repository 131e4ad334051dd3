import pytest
from django.contrib.auth.models import User

from contact.intake.queue.selection import search_tokens

MARIA, JO = User(pk=1), User(pk=2)


@pytest.mark.parametrize("term", ["K7MQ-4XWD", "k7mq 4xwd", "K7MQ4XWD"])
def test_reference_stays_readable(term):
    assert search_tokens.encode_term(term, MARIA) == "K7MQ-4XWD"
    assert search_tokens.decode_term("K7MQ-4XWD", JO) == "K7MQ-4XWD"


def test_number_is_sealed_for_whoever_searches():
    address = search_tokens.encode_term("602-555-0123", MARIA)
    assert "55501" not in address
    assert search_tokens.is_encoded(address)
    assert search_tokens.decode_term(address, MARIA) == "602-555-0123"
    assert search_tokens.decode_term(address, JO) == ""


@pytest.mark.parametrize(
    "term",
    [
        "",
        "-",
        "602-555-0123",
        "Ysolde",
        "~Ysolde Q",
        "k7mq4xwd",
        "K7MQ-4XWD " * 9,
        "~" + "a" * 1300,
    ],
)
def test_what_others_wrote_into_an_address_is_not_taken_for_sealed(term):
    assert not search_tokens.is_encoded(term)


@pytest.mark.parametrize("term", ["~", "~abc", "~====", "~" + "a" * 400])
def test_broken_seals_open_as_nothing(term):
    assert search_tokens.decode_term(term, MARIA) == ""


def test_longest_search_keeps_its_way_back():
    assert search_tokens.is_encoded(search_tokens.encode_term("\U0001f335" * 500, MARIA))
