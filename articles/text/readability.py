"""Readability as Flesch-Kincaid grade, and reading time.

0.39 × words per sentence + 11.8 × syllables per word − 15.59
(Kincaid, Fishburne, Rogers and Chissom, 1975, Research Branch Report 8-75).
"""

from __future__ import annotations

import re

from django.utils.translation import ngettext

MINIMUM_WORDS = 100
# Above it a text is hard for many (NIH, AMA: sixth to eighth grade).
HARD_GRADE = 8
# What ends without a full stop is a sentence from so many words on, and else a bullet or a cell.
WORDS_OF_A_SENTENCE = 5

# Not after a title or "U.S.", and not where it goes on with a small letter ("at 8 a.m. by bus").
_sentence_end = re.compile(
    r"(?<!\.[A-Z])(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bvs)(?<![.!?])"
    r"[.!?]++(?=[^\w\s]{0,3}(?:\s\W{0,3}+(?![a-z])|$))"
)
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
    found = graded_sentences(text)
    words = [word for sentence in found for word in _word.findall(sentence)]
    if len(words) < MINIMUM_WORDS:
        return None
    return _grade(words, len(found))


def hardest_sentences(text: str, most: int) -> list[str]:
    """The sentences of at least five words that need the highest grades, the hardest first."""
    grades = {}
    for sentence in graded_sentences(text):
        words = _word.findall(sentence)
        if len(words) >= WORDS_OF_A_SENTENCE:
            grades[sentence] = _grade(words, 1)
    return sorted(grades, key=grades.__getitem__, reverse=True)[:most]


def graded_sentences(text: str) -> list[str]:
    """The sentences of `text`, in which each paragraph and each bullet is a line of its own."""
    found = []
    for line in text.split("\n"):
        *ended, rest = _sentence_end.split(line)
        found += [part.strip() for part in ended if _word.search(part)]
        if len(_word.findall(rest)) >= WORDS_OF_A_SENTENCE:
            found.append(rest.strip())
    return found


def _grade(words: list[str], number_of_sentences: int) -> float:
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / number_of_sentences + 11.8 * spoken / len(words) - 15.59


def reading_minutes(words: int) -> int:
    """Minutes to read `words` words at 200 a minute, at least one."""
    return max(1, round(words / 200))


def reading_time(words: int) -> str:
    minutes = reading_minutes(words)
    text = ngettext("%(minutes)d minute to read", "%(minutes)d minutes to read", minutes)
    return text % {"minutes": minutes}
