import pytest

from contact.danger.rules import decide
from contact.danger.verdict import PatternRow
from contact.models import DangerPhrase

PHRASES = ("gun", "dont want to live", "hacerme daño", "end it all", "cant breathe")


def has_phrase(text, phrases):
    return decide([PatternRow(words) for words in phrases], text).is_danger


@pytest.mark.parametrize(
    "text",
    [
        "He has a gun.",
        "GUN",
        "gun!",
        "(gun)",
        "a “gun”,yes",
        "gun-shot",
        "gun_1",
        "I dont want to live",
        "I don't want to live",
        "I don’t want to live anymore",
        "I don´t want to live",
        "I DON'T\n want\r\n\tto   live",
        "don't, want ... to live",
        "quiero hacerme daño",
        "quiero hacerme dano",
        "QUIERO HACERME DAN\u0303O",
        "end\u00a0it\u2003all",
        "end-it-all",
        "ｇｕｎ",
        "g\u00adun",
        "she can`t breathe",
    ],
)
def test_words_are_found_however_they_are_written(text):
    assert has_phrase(text, PHRASES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "We have begun.",
        "gunmetal",
        "don",
        "dont want",
        "dont want you to live",
        "to live I dont want",
        "end it",
        "all it end",
        "dañó hacerme",
        "g u n",
    ],
)
def test_parts_of_words_and_other_orders_are_not(text):
    assert not has_phrase(text, PHRASES)


@pytest.mark.parametrize("phrases", [[], [""], ["  "], ["!!!", "’"]])
@pytest.mark.parametrize("text", ["", " ", "a gun", "!!!"])
def test_a_phrase_without_letters_is_in_nothing(phrases, text):
    assert not has_phrase(text, phrases)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "I keep thinking about suicide",
        "I can't wake him, blue lips",
        "He said he's going to kill me",
        "no quiero vivir",
        "mi hermano no respira",
    ],
)
def test_the_words_that_come_with_the_site_are_found(text):
    assert decide(DangerPhrase.objects.rows(), text).is_danger


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["I take 30 mg a day", "My shift begins at nine", "Nothing"])
def test_plain_words_are_no_danger(text):
    assert not decide(DangerPhrase.objects.rows(), text).is_danger
