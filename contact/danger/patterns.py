"""The syntax of patterns, which staff write without being programmers.

want to die         these words, whatever their capitals, accents, punctuation and typos
kill/hurt myself    one word or another
suicid*             a word with any ending
kill [my own] self  words that may be missing
gun ... head        up to three other words between
@family             a word of the list “family”
#                   a number; ## one of ten or more, #year a year
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext

from .words import without_accents

MOST_ELEMENTS = 16
GAP_WORDS = 3
SHORTEST_STEM = 3
PATTERN_PART = re.compile(r"\[[^\[\]]*\]|\.{3,}|[^\s\[\]]+|\[|\]")
ALTERNATIVE = re.compile(r"(?P<list>@[^\W_]+)|(?P<number>#year|##?)|(?P<word>[^\W_]+)(?P<stem>\*?)")
ANY_NUMBER, LARGE_NUMBER, ANY_YEAR = "#", "##", "#year"


class PatternError(ValueError):
    """A pattern can't be read; the text tells its writer why."""


class PatternElement(NamedTuple):
    """One place in a pattern: the words that fit it. A gap fits any word."""

    words: frozenset[str]
    stems: frozenset[str] = frozenset()
    is_optional: bool = False
    is_gap: bool = False


GAP_ELEMENT = PatternElement(frozenset(), is_optional=True, is_gap=True)
PatternLists = Mapping[str, frozenset[str]]
Respell = Callable[[list[str]], list[str]]


def parse_pattern(
    pattern: str, lists: PatternLists, respell: Respell = list
) -> tuple[PatternElement, ...]:
    """Return the elements of a pattern. Raises PatternError.

    `respell` writes plain words the way in which they are looked for.
    """
    elements: list[PatternElement] = []
    run: list[str] = []
    for part in PATTERN_PART.findall(without_accents(pattern.replace("…", "..."))):
        if part.isalnum():
            run.append(part)
            continue
        elements += _words(respell(run))
        run = []
        elements += _special(part, lists, respell)
    elements += _words(respell(run))
    _require_ends(elements)
    return tuple(elements)


def literal(words: str, respell: Respell = list) -> tuple[PatternElement, ...]:
    """Return the elements of words in which nothing is special."""
    return tuple(_words(respell(re.findall(r"[^\W_]+", without_accents(words)))))


def _words(words: Iterable[str]) -> list[PatternElement]:
    return [PatternElement(frozenset({word})) for word in words]


def _special(part: str, lists: PatternLists, respell: Respell) -> list[PatternElement]:
    if part.startswith("..."):
        return [GAP_ELEMENT] * GAP_WORDS
    if part in ("[", "]"):
        raise PatternError(gettext("A bracket has no partner."))
    if part.startswith("["):
        inner = [_element(each, lists, respell) for each in part[1:-1].split()]
        if not inner:
            raise PatternError(gettext("There is nothing between the brackets."))
        return [each._replace(is_optional=True) for each in inner]
    # Punctuation between words makes no difference: “self-harm”, “(gun)”, “don't, want”.
    if "/" not in part and not set("*@#") & set(part):
        return _words(respell(re.findall(r"[^\W_]+", part)))
    return [_element(part.strip('.,;:!?()"“”'), lists, respell)]


def _element(part: str, lists: PatternLists, respell: Respell) -> PatternElement:
    words: set[str] = set()
    stems: set[str] = set()
    for alternative in part.split("/"):
        found = ALTERNATIVE.fullmatch(alternative)
        if not found:
            raise PatternError(gettext("“%s” can’t be read.") % alternative)
        if found["list"]:
            name = found["list"][1:]
            if name not in lists:
                raise PatternError(gettext("There is no list “%s”.") % name)
            words |= lists[name]
        elif found["number"]:
            words.add(found["number"])
        elif found["stem"]:
            if len(found["word"]) < SHORTEST_STEM:
                raise PatternError(gettext("Give three letters or more before the *."))
            stems.add(found["word"])
        else:
            words.add(_one_word(found["word"], respell))
    return PatternElement(frozenset(words), frozenset(stems))


def _one_word(word: str, respell: Respell) -> str:
    meant = respell([word])
    if len(meant) != 1:
        raise PatternError(
            gettext("Beside a “/” or in brackets, write “%(meant)s” for “%(word)s”.")
            % {"meant": " ".join(meant), "word": word}
        )
    return meant[0]


def _require_ends(elements: list[PatternElement]) -> None:
    if not elements or all(each.is_optional for each in elements):
        raise PatternError(gettext("Give words of three letters or more."))
    if elements[0].is_optional or elements[-1].is_optional:
        raise PatternError(gettext("Begin and end with a word that must be there."))
    if len(elements) > MOST_ELEMENTS:
        raise PatternError(gettext("This is too long. Make two patterns of it."))
