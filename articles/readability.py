"""How hard a text is to read: the Flesch-Kincaid grade.

0.39 × words per sentence + 11.8 × syllables per word − 15.59
(Kincaid, Fishburne, Rogers and Chissom, 1975, Research Branch Report 8-75).
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import get_language, ngettext

MINIMUM_WORDS = 100

_sentence_end = re.compile(r"[.!?]+(?=\W*\s|\W*$)|\n+")
_word = re.compile(r"[a-z]+(?:['’-][a-z]+)*", re.IGNORECASE)
_vowels = re.compile(r"[aeiouy]+")
# Vowels that stand together and are spoken apart: "opioid", "heroin", "period", "anxiety".
_apart = re.compile(r"ioi|roin|ia|iet|scien|[^sctgx]io(?!n)")
# Endings that are written but not spoken: "hopes", "used", "late", and the e of "safely".
_silent = re.compile(r"[^laeiouy]es$|[^aeioutdy]ed$|[^laeiouy]e$|[^laeiouy]ely$")
_spoken_es = ("ses", "ces", "ges", "xes", "zes", "shes", "ches")


def syllables(word: str) -> int:
    """Spoken vowel groups in an English word, at least one."""
    word = word.lower()
    groups = len(_vowels.findall(word)) + len(_apart.findall(word))
    if _silent.search(word) and not word.endswith(_spoken_es):
        groups -= 1
    return max(1, groups)


def grade(text: str) -> float | None:
    """US school grade that `text` asks for; None for short texts, where it says little."""
    words = _word.findall(text)
    if len(words) < MINIMUM_WORDS:
        return None
    sentences = [part for part in _sentence_end.split(text) if _word.search(part)]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def reading_minutes(words: int) -> int:
    """Minutes at 200 words a minute, at least one."""
    return max(1, round(words / 200))


def reading_time(words: int) -> str:
    """The same in words."""
    return _in_words(reading_minutes(words), get_language())


@lru_cache(maxsize=500)
def _in_words(minutes: int, language: str | None) -> str:
    text = ngettext("%(minutes)d minute to read", "%(minutes)d minutes to read", minutes)
    return text % {"minutes": minutes}
