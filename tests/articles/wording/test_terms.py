"""Sentences as editors write them: half with words to avoid, half with the same words harmless."""

import pytest

from articles.wording import advice as language_checks
from articles.wording.terms import shipped_wording

from . import figures


@pytest.mark.parametrize(
    ("name", "most", "least"),
    [("sentences", 0.05, 0.95), ("held_out", 0.1, 0.9), ("blind", 0.1, 0.9)],
)
def test_words_to_avoid_are_found_and_harmless_ones_left_alone(name, most, least):
    for avoid in (True, False):
        assert len(figures.flagged(name, avoid=avoid)) >= 30
    assert figures.share(name, avoid=True) >= least
    assert figures.share(name, avoid=False) <= most


def test_each_reason_comes_with_something_better():
    found_in = shipped_wording().found_in
    said = {
        term.reason: term.data.instead
        for each in figures.sentences("sentences")
        for _word, term, _sentence in found_in(each.text)
    }
    assert len(said) == 7
    assert all(said.values())


def test_words_in_several_sentences_are_judged_each_by_its_own():
    text = "Keep the wound clean. He got clean last year.\nClean hands help."
    assert [found.word for found in shipped_wording().found_in(text)] == ["got clean"]


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
    advice = language_checks.dangers_without_911(body, body, shipped_wording())
    assert bool(advice) == is_advised
