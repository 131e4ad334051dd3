"""Readability as Flesch-Kincaid grade, and reading time.

0.39 × words per sentence + 11.8 × syllables per word − 15.59
(Kincaid, Fishburne, Rogers and Chissom, 1975, Research Branch Report 8-75).
"""

from __future__ import annotations

import re

from django.utils.translation import ngettext

MINIMUM_WORDS = 100

_sentence_end = re.compile(r"[.!?]+(?=\W*\s|\W*$)|\n+")
_word = re.compile(r"[a-z]+(?:['’-][a-z]+)*", re.IGNORECASE)
_vowels = re.compile(r"[aeiouy]+")
# Adjacent vowels in separate syllables: "opioid", "heroin", "period", "anxiety".
_apart = re.compile(r"ioi|roin|ia|iet|scien|[^sctgx]io(?!n)")
# Endings with a silent e: "hopes", "used", "late", "safely".
_silent = re.compile(r"[^laeiouy]es$|[^aeioutdy]ed$|[^laeiouy]e$|[^laeiouy]ely$")
_syllabic_es = ("ses", "ces", "ges", "xes", "zes", "shes", "ches")


def syllables(word: str) -> int:
    """Estimate the syllables of an English word, at least one."""
    word = word.lower()
    groups = len(_vowels.findall(word)) + len(_apart.findall(word))
    if _silent.search(word) and not word.endswith(_syllabic_es):
        groups -= 1
    return max(1, groups)


def grade(text: str) -> float | None:
    """The US school grade needed to read `text`; None if it is too short for an estimate."""
    words = _word.findall(text)
    if len(words) < MINIMUM_WORDS:
        return None
    sentences = [part for part in _sentence_end.split(text) if _word.search(part)]
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def hardest_sentence(text: str) -> str:
    """The sentence of at least five words that needs the highest grade."""

    def hardness(sentence: str) -> tuple[bool, float]:
        words = _word.findall(sentence)
        spoken = sum(map(syllables, words))
        return len(words) >= 5, 0.39 * len(words) + 11.8 * spoken / max(1, len(words))

    return max(_sentence_end.split(text), key=hardness).strip()


def reading_minutes(words: int) -> int:
    """Minutes to read `words` words at 200 a minute, at least one."""
    return max(1, round(words / 200))


def reading_time(words: int) -> str:
    minutes = reading_minutes(words)
    text = ngettext("%(minutes)d minute to read", "%(minutes)d minutes to read", minutes)
    return text % {"minutes": minutes}
