"""Finding words to avoid, where the words around them do not make them harmless.

What is looked for is data (`WordingData`). Code alone reads the text: where a sentence ends, what
is quoted, and that an exception stands in the sentence, or right before or after a word.

The terms of terms.toml follow NIDA's "Words Matter" and the ONDCP's "Changing the Language of
Addiction"; the claims are those that regulators have punished (FTC v. Monument, 2024).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .patterns import PatternError, regex_of_all

# Lists that code asks for by their names.
NAMES, MENTIONS, DANGERS = "names", "mentions", "dangers"
_sentence = re.compile(r"[^.!?\n]*(?:[.!?](?=\w)[^.!?\n]*)*[.!?]*\n?")
_quoted = re.compile(
    r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»|‘[^’\n]{2,80}’(?!\w)|(?<!\w)'(?:[^'\n]|'(?=\w)){2,120}'(?!\w)"
)
_hyphen = re.compile(r"(?<=\w)[-\u2010\u2011–](?=\w)|[\xa0\u202f]")
MOST_SENTENCES_KEPT = 4096


class TermReason(models.TextChoices):
    PERSON_FIRST = "person_first", _("it names a person by an illness")
    BLAME = "blame", _("it sounds like a choice or a fault")
    JUDGING = "judging", _("it judges the person")
    STIGMA = "stigma", _("it suggests that medication is not real treatment")
    CLAIM = "claim", _("nobody can promise this, and regulators have punished it")
    PRESSURE = (
        "pressure",
        _("it presses people who need time and truth, and regulators have punished it"),
    )
    OFFER = (
        "offer",
        _("offers of money or travel for choosing a centre are illegal in many places"),
    )


class TermData(NamedTuple):
    """A term as it is written down: phrases in the syntax of `patterns`."""

    key: str
    reason: str
    instead: str
    find: tuple[str, ...]
    unless: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


class WordingData(NamedTuple):
    lists: Mapping[str, tuple[str, ...]]
    terms: tuple[TermData, ...]


@cache
def shipped() -> WordingData:
    """The lists that come with the site."""
    file = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    lists = {name: tuple(words) for name, words in file["lists"].items()}
    terms = []
    for term in file["term"]:
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in term.items()
        }
        terms.append(TermData(**fields))
    return WordingData(lists, tuple(terms))


class Excuse(NamedTuple):
    """Why a word that was found is left alone: which of the term's lists, by which words."""

    by: str
    words: str


class Term(NamedTuple):
    data: TermData
    find: re.Pattern[str]
    unless: re.Pattern[str] | None
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    about: re.Pattern[str] | None

    @property
    def reason(self) -> TermReason:
        return TermReason(self.data.reason)


class TermFound(NamedTuple):
    word: str
    term: Term
    sentence: str


class TermPlace(NamedTuple):
    """Where in its sentence a word stands, and what makes it harmless, if anything does."""

    start: int
    end: int
    term: Term
    excuse: Excuse | None


class Wording:
    """Lists of words, ready to be looked for. Raises PatternError."""

    def __init__(self, data: WordingData) -> None:
        lists = regexes_of_lists(data.lists)
        self.terms = [_term(each, lists) for each in data.terms]
        self._names = _framed("…", lists.get(NAMES, ""))
        self.dangers = _framed(r"\b(?:…)\b", lists.get(DANGERS, ""))
        self._mentions = _framed(r"\b(?:…)(?: (?:an?|the))?\W*\Z", lists.get(MENTIONS, ""))
        # A text is asked for with each save, and while it is written, with one sentence changed.
        self.places_in = lru_cache(MOST_SENTENCES_KEPT)(self._places_in)

    def found_in(self, text: str) -> list[TermFound]:
        """Each word to avoid in the order of the text; quotations and names are none."""
        return [
            TermFound(text[at + place.start : at + place.end], place.term, text[at:end])
            for at, end, sentence in self.sentences_in(text)
            for place in self.places_in(sentence)
            if place.excuse is None
        ]

    def sentences_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where each sentence begins and ends, and its own words, at the same positions."""
        plain = _hyphen.sub(" ", text)
        if self._names:
            plain = self._names.sub(_left_out, plain)
        plain = _quoted.sub(_left_out, plain).replace("'", "’")
        for place in _sentence.finditer(plain):
            yield place.start(), place.end(), place[0]

    def _places_in(self, sentence: str) -> tuple[TermPlace, ...]:
        taken: dict[tuple[int, int], TermPlace] = {}
        excused = []
        for term in self.terms:
            for match in term.find.finditer(sentence):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                place = TermPlace(*match.span(), term, self._excuse(term, sentence, match))
                if place.excuse:
                    excused.append(place)
                else:
                    taken[match.span()] = place
        return tuple(sorted([*taken.values(), *excused], key=lambda place: place[:2]))

    def _excuse(self, term: Term, sentence: str, match: re.Match[str]) -> Excuse | None:
        before, after = sentence[: match.start()], sentence[match.end() :]
        looked_for = [
            (MENTIONS, self._mentions and self._mentions.search(before)),
            ("unless", term.unless and term.unless.search(sentence)),
            ("before", term.before and term.before.search(before)),
            ("after", term.after and term.after.match(after)),
        ]
        for name, found in looked_for:
            if found:
                return Excuse(name, found[0].strip())
        if term.about and not term.about.search(sentence):
            return Excuse("about", "")
        return None


@cache
def shipped_wording() -> Wording:
    return Wording(shipped())


def sentences(text: str) -> list[str]:
    return _sentence.findall(text)


def regexes_of_lists(lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Each list as a regular expression; one may name those before it. Raises PatternError."""
    done: dict[str, str] = {}
    left = dict(lists)
    while left:
        found, why = {}, None
        for name, phrases in left.items():
            try:
                found[name] = f"(?:{regex_of_all(phrases, done)})"
            except PatternError as error:
                why = why or PatternError(f"@{name}: {error}")
        if why and not found:
            raise why
        done |= {name: regex for name, regex in found.items() if regex != "(?:)"}
        left = {name: phrases for name, phrases in left.items() if name not in found}
    return done


def _term(data: TermData, lists: Mapping[str, str]) -> Term:
    def framed(frame: str, phrases: tuple[str, ...]) -> re.Pattern[str] | None:
        return _framed(frame, regex_of_all(phrases, lists))

    find = framed(r"(?<![\w-])(?:…)(?![\w-])", data.find)
    if find is None:
        raise PatternError(gettext("Give at least one phrase to look for."))
    return Term(
        data,
        find,
        framed(r"\b(?:…)\b", data.unless),
        framed(r"\b(?:…)\W*\Z", data.before),
        framed(r" (?:…)\b", data.after),
        framed(r"\b(?:…)\b", data.about),
    )


def _framed(frame: str, regex: str) -> re.Pattern[str] | None:
    return re.compile(frame.replace("…", regex), re.IGNORECASE) if regex else None


def _left_out(match: re.Match[str]) -> str:
    """As many characters as the match has, so that positions stay the same."""
    return f" {'…' * (len(match[0]) - 2)} "
