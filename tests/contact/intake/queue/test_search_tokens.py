import pytest
from django.contrib.auth.models import User

from contact.intake.queue import search_tokens
from contact.models import CallbackRequest
from tests.factories import make_request

MARIA, JO = User(pk=1), User(pk=2)


def found(term):
    wanted = search_tokens.condition_for(term)
    return None if wanted is None else list(CallbackRequest.objects.filter(wanted))


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


@pytest.mark.django_db
class TestWanted:
    @pytest.mark.parametrize(
        "term", ["+16025550123", "602-555-0123", "(602) 555.0123", "1 602 555 0123", "6025550123"]
    )
    def test_finds_every_request_of_a_number_however_it_is_written(self, term):
        here = [make_request(), make_request(outcome="spam")]
        make_request(phone="+16025550199")
        assert {row.pk for row in found(term)} == {row.pk for row in here}

    def test_finds_the_reference_in_any_case(self):
        row = make_request()
        make_request()
        assert found(row.reference.lower()) == [row]

    @pytest.mark.parametrize("term", ["", "Ysolde", "555-0123", "0123", "%"])
    def test_nothing_else_is_searched_for(self, term):
        make_request()
        assert found(term) is None
