"""A name is a word too: whoever is called Alice is not taken for somebody who wants to die."""

import pytest

from contact.danger.rules import decide
from contact.danger.verdict import PersonName
from contact.lifecycle.triage import danger
from contact.models import CallbackRequest


@pytest.mark.parametrize(
    "name",
    [
        *("Alice", "Gary Gray", "Socorro Ford", "Patricia Gunn", "Robert Hammer", "Adam Strike"),
        *("Will Coffin", "Lily Bloodworth", "Denise Pistole", "Stopped Line", "River Rope"),
        *("Maria de los Angeles", "Dolores Sangre"),
    ],
)
def test_a_name_is_no_danger(name, rows):
    assert not danger.verdict_on_request(CallbackRequest(name=name), rows).is_danger


@pytest.mark.parametrize(
    "name",
    [
        *("suicidal", "Overdose", "kill myself", "quiero matarme", "I want to die"),
        *("he beats me", "my husbnd is beating me", "Ann please she is not breathing"),
    ],
)
def test_danger_that_was_written_into_the_name_is_found(name, rows):
    assert danger.verdict_on_request(CallbackRequest(name=name), rows).is_danger


def test_a_name_takes_nothing_from_the_words_beside_it(rows):
    asked = CallbackRequest(name="Alice", message="I want to kill myself")
    assert danger.verdict_on_request(asked, rows).is_danger


def test_the_same_word_elsewhere_counts_as_before(rows):
    assert decide(rows, "noose").is_danger
    assert decide(rows, PersonName("noose")).is_danger
    assert decide(rows, "coffin").is_danger
    assert not decide(rows, PersonName("coffin")).is_danger
