"""Staff find the request of whoever calls, by what a caller can say."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.intake.queue.selection import finding
from contact.models import SearchKey
from contact.privacy.key_marker import older_index_keys
from tests.factories import PHONE, make_request

pytestmark = pytest.mark.django_db


def found(term):
    requests = finding.find(term).requests
    return None if requests is None else set(requests)


@pytest.mark.parametrize(
    "term",
    ["+16025550123", "602-555-0123", "(602) 555.0123", "1 602 555 0123", "6025550123",
     "٦٠٢ ٥٥٥ ٠١٢٣", "Ysolde 602-555-0123 after 5", "602-555-0123 option 3"],
)  # fmt: skip
def test_a_whole_number_finds_all_its_requests_however_it_is_written(term):
    here = {make_request(), make_request(outcome="spam")}
    make_request(phone="+14805550123")
    assert found(term) == here


def test_a_reference_is_found_in_any_case():
    row = make_request()
    make_request()
    assert found(row.reference.lower()) == {row}


@pytest.mark.parametrize(
    "term",
    ["Ysolde", "quarrington", "Ysolt", "QUARINGTON", "Quarrington Ysolde", "0123", "555-0123",
     "Ysolde 0123", "0123, Ysolt Quarrington", "٠١٢٣"],
)  # fmt: skip
def test_who_calls_is_found_by_words_of_the_name_and_the_last_digits(term):
    row = make_request()
    make_request(name="Anselm Madeup", phone="+16025550177")
    assert found(term) == {row}


def test_a_name_behind_digits_is_not_read_as_a_number_in_letters():
    row = make_request(name="Mary Ann", phone="+16025550602")
    make_request(name="Mary Ann", phone="+16025550177")
    assert found("0602 Mary Ann") == {row}
    assert found("602 Mary Ann") is None


@pytest.mark.parametrize("term", ["Ysolde 0177", "Anselm Quarrington", "Ysolde Nobody", "9999"])
def test_all_that_was_said_has_to_fit_one_request(term):
    make_request()
    make_request(name="Anselm Madeup", phone="+16025550177")
    assert found(term) == set()


def test_the_middle_one_of_three_names_is_found_and_accents_do_not_matter():
    row = make_request(name="María José Núñez-Ejemplo")
    for term in ("jose", "nunez", "Ejemplo", "maria nuñez"):
        assert found(term) == {row}, term


@pytest.mark.parametrize("term", ["", "-", "%", "12", "012", "Ysolde 1"])
def test_nothing_else_is_searched_for(term):
    make_request()
    assert found(term) is None


def test_keys_tell_neither_the_name_nor_the_digits():
    make_request()
    keys = list(SearchKey.objects.values_list("key", flat=True))
    plain = {word.encode().hex() for word in ("ysolde", "quarrington", PHONE[-4:])}
    assert len(keys) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
    assert not [key for key in keys for word in plain if word in key]


def test_the_newest_are_found_along_an_index_in_few_queries():
    now = timezone.now()
    for n in range(5):
        make_request(created_at=now - timedelta(hours=n))
    # Read once a minute.
    older_index_keys()
    with CaptureQueriesContext(connection) as few:
        found("Ysolde 0123")
    for n in range(30):
        make_request(created_at=now - timedelta(days=n))
    with CaptureQueriesContext(connection) as many:
        found("Ysolde 0123")
    assert len(many) == len(few) == 4
