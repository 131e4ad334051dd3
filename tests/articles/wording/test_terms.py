"""Sentences as editors write them: half with words to avoid, half with the same words harmless."""

import csv
from pathlib import Path

import pytest

from articles.wording import advice as language_checks
from articles.wording.terms import found_in

with Path(__file__).with_name("sentences.csv").open(newline="", encoding="utf-8") as file:
    SENTENCES = [(row["sentence"], row["avoid"] == "1") for row in csv.DictReader(file)]


def share_flagged(*, is_bad):
    flagged = [bool(list(found_in(text))) for text, avoid in SENTENCES if avoid == is_bad]
    assert len(flagged) >= 60
    return sum(flagged) / len(flagged)


def test_words_to_avoid_are_found():
    assert share_flagged(is_bad=True) >= 0.95


def test_harmless_words_are_left_alone():
    assert share_flagged(is_bad=False) <= 0.05


def test_each_reason_comes_with_something_better():
    said = {
        term.reason: term.instead for text, _avoid in SENTENCES for _w, term, _s in found_in(text)
    }
    assert len(said) == 7
    assert all(said.values())


def test_words_in_several_sentences_are_judged_each_by_its_own():
    text = "Keep the wound clean. He got clean last year.\nClean hands help."
    assert [found.word for found in found_in(text)] == ["got clean"]


@pytest.mark.parametrize(
    ("body", "is_advised"),
    [
        ("<p>An overdose can be survived.</p>", True),
        ("<p>Take 4 mg.</p>", True),
        ("<p>Withdrawal can kill: call 911 for a seizure.</p>", False),
        ("<p>Sleep well.</p>", False),
    ],
)
def test_what_can_kill_is_never_named_without_911(body, is_advised):
    advice = language_checks.dangers_without_911(body, body)
    assert bool(advice) == is_advised
