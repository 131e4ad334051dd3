import time

import pytest

from contact.models import DangerPhrase
from contact.records import danger_phrases

PHRASES = ("gun", "dont want to live", "hacerme daño", "end it all", "cant breathe")


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
    assert danger_phrases.has_phrase(text, PHRASES)


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
    assert not danger_phrases.has_phrase(text, PHRASES)


@pytest.mark.parametrize("phrases", [[], [""], ["  "], ["!!!", "’"]])
@pytest.mark.parametrize("text", ["", " ", "a gun", "!!!"])
def test_a_phrase_without_letters_is_in_nothing(phrases, text):
    assert not danger_phrases.has_phrase(text, phrases)


def test_any_iterable_of_phrases_will_do():
    assert danger_phrases.has_phrase("a gun", (words for words in ["pistol", "gun"]))
    assert danger_phrases.has_phrase("a gun", {"gun": 1}.keys())


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
    assert danger_phrases.has_phrase(text, DangerPhrase.objects.values_list("words", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["I take 30 mg a day", "My shift begins at nine", "Nothing"])
def test_plain_words_are_no_danger(text):
    assert not danger_phrases.has_phrase(text, DangerPhrase.objects.values_list("words", flat=True))


def test_a_long_message_and_many_phrases_take_milliseconds():
    phrases = tuple(f"some words {number}" for number in range(200))
    text = "Some wórds, don’t " * 280
    assert not danger_phrases.has_phrase(text, phrases)
    start = time.process_time()
    for _ in range(10):
        danger_phrases.has_phrase(text, phrases)
    assert (time.process_time() - start) / 10 < 0.02
