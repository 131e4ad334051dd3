"""Words to avoid, with what to say instead, where the words around them do not make them harmless.

The terms of terms.toml follow NIDA's "Words Matter" and the ONDCP's "Changing the Language of
Addiction"; the claims are those that regulators have punished (FTC v. Monument, 2024).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

REASONS = {
    "person_first": _("it names a person by an illness"),
    "blame": _("it sounds like a choice or a fault"),
    "judging": _("it judges the person"),
    "stigma": _("it suggests that medication is not real treatment"),
    "claim": _("nobody can promise this, and regulators have punished it"),
    "pressure": _("it presses people who need time and truth, and regulators have punished it"),
    "offer": _("offers of money or travel for choosing a centre are illegal in many places"),
}
_sentence = re.compile(r"[^.!?\n]*(?:[.!?](?=\w)[^.!?\n]*)*[.!?]*\n?")
_quoted = re.compile(
    r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»|‘[^’\n]{2,80}’(?!\w)|(?<!\w)'(?:[^'\n]|'(?=\w)){2,120}'(?!\w)"
)
_hyphen = re.compile(r"(?<=\w)[-\u2010\u2011–](?=\w)|[\xa0\u202f]")


class TermToAvoid(NamedTuple):
    find: re.Pattern[str]
    instead: str
    reason: object
    unless: re.Pattern[str] | None
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    about: re.Pattern[str] | None

    def is_meant(self, sentence: str, match: re.Match[str]) -> bool:
        """Whether the words around the match leave its meaning as it is."""
        before, after = sentence[: match.start()], sentence[match.end() :]
        if _mentions().search(before) or (self.unless and self.unless.search(sentence)):
            return False
        if self.about and not self.about.search(sentence):
            return False
        is_before = self.before and self.before.search(before)
        return not (is_before or (self.after and self.after.match(after)))


class TermFound(NamedTuple):
    word: str
    term: TermToAvoid
    sentence: str


# The form of a page and its saves ask for the same long text again.
@lru_cache(maxsize=16)
def found_in(text: str) -> tuple[TermFound, ...]:
    """Each word to avoid with its term, in the order of the text; quotations and names are not."""
    own = _quoted.sub(_left_out, _names().sub(_left_out, text))
    # The same length as the text, so that positions in one hold in the other.
    plain = _hyphen.sub(" ", own).replace("'", "’")
    found = []
    for place in _sentence.finditer(plain):
        sentence, at = place[0], place.start()
        taken: dict[tuple[int, int], TermFound] = {}
        for term in _terms():
            for match in term.find.finditer(sentence):
                is_free = all(match.end() <= start or end <= match.start() for start, end in taken)
                if is_free and term.is_meant(sentence, match):
                    word = text[at + match.start() : at + match.end()]
                    taken[match.span()] = TermFound(word, term, text[at : place.end()])
        found += [taken[span] for span in sorted(taken)]
    return tuple(found)


def sentences(text: str) -> list[str]:
    return _sentence.findall(text)


def _left_out(match: re.Match[str]) -> str:
    """As many characters as the match has, so that positions stay the same."""
    return f" {'…' * (len(match[0]) - 2)} "


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def _terms() -> list[TermToAvoid]:
    contexts: dict[str, str] = {}
    for name, words in _file()["contexts"].items():
        contexts[name] = f"(?:{_filled(words, contexts)})"

    def framed(frame: str, words: list[str]) -> re.Pattern[str]:
        return re.compile(frame.replace("…", _filled(words, contexts)), re.IGNORECASE)

    def optional(frame: str, words: list[str] | None) -> re.Pattern[str] | None:
        return framed(frame, words) if words else None

    return [
        TermToAvoid(
            framed(r"(?<![\w-])(?:…)(?![\w-])", each["find"]),
            each["instead"],
            REASONS[each["reason"]],
            optional(r"\b(?:…)\b", each.get("unless")),
            optional(r"\b(?:…)\W*\Z", each.get("before")),
            optional(r" (?:…)\b", each.get("after")),
            optional(r"\b(?:…)\b", each.get("about")),
        )
        for each in _file()["term"]
    ]


def _filled(words: list[str], contexts: dict[str, str]) -> str:
    """The words as one pattern, with the contexts that they name."""
    joined = "|".join(words)
    for name, pattern in contexts.items():
        joined = joined.replace(f"{{{name}}}", pattern)
    return joined


@cache
def _names() -> re.Pattern[str]:
    return re.compile("|".join(_file()["names"]["find"]), re.IGNORECASE)


@cache
def _mentions() -> re.Pattern[str]:
    words = "|".join(_file()["mentions"]["find"])
    return re.compile(rf"\b(?:{words})(?: (?:an?|the))?\W*\Z", re.IGNORECASE)
