"""The syntax of phrases, which staff write without being programmers.

drug abuse          these words, whatever their capitals; hyphens count as spaces
MAT                 a word all in capitals only as such
kick/break habit    one word or another; (take/get away)  one phrase or another
habit[s]  [the] man what may be missing
relaps*             a word with any ending
_                   any word;  ^  any word that begins with a capital;  #  a number
...  ...6           up to three words, up to six;  ,...6  commas between them too
(very/so)...3       one to three of these
!(by/at)            not before these
@drug               a word of the list “drug”
"#1"                exactly these signs

What may be written is bounded, so that no phrase can keep a save waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext

LONGEST = 1200  # signs of a phrase
MOST_WORDS_BETWEEN = 10
MOST_GROUPS = 8  # in each other
MOST_WAYS = 1000  # in which the open places of a phrase can be filled
QUESTION = "question"
# Lists that are no words: a question, which the text then answers.
BUILT_IN = {QUESTION: r"(?:is|are|does|do|will)(?= [^?]*\?)"}
_token = re.compile(
    r'"(?P<exact>[^"]+)"|(?P<gap>,?\.{3}\d*)|@(?P<list>\w*)|(?P<sign>[()\[\]/*_#^!])'
    r"|(?P<space>\s+)|(?P<word>[^\W_]+)|(?P<other>[^\s])"
)
_one_sign = {"*": r"\w*", "_": r"\w+", "#": r"\d+", "^": r"(?-i:[A-Z])\w*"}


class PatternError(ValueError):
    """A phrase can't be read; the text tells its writer why."""


class Piece(NamedTuple):
    """What stands between two spaces, as a regular expression."""

    regex: str
    can_be_missing: bool = False
    is_negative: bool = False
    has_words: bool = True


def regex_of(phrase: str, lists: Mapping[str, str]) -> str:
    """A phrase as a regular expression, with the lists that it names. Raises PatternError."""
    try:
        if len(phrase) > LONGEST:
            raise PatternError(gettext("This is too long. Make several phrases of it."))
        return _Reader(phrase, lists).read()
    except PatternError as error:
        raise PatternError(f"“{phrase[:100]}”: {error}") from error


def regex_of_all(phrases: Iterable[str], lists: Mapping[str, str]) -> str:
    return "|".join(regex_of(each, lists) for each in phrases)


def phrases_in(text: str) -> list[str]:
    """One to a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class _Reader:
    def __init__(self, phrase: str, lists: Mapping[str, str]) -> None:
        plain = re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", " ", phrase.strip().replace("'", "’"))
        self.tokens = [(found.lastgroup, found[0], found) for found in _token.finditer(plain)]
        self.at = self.depth = 0
        self.ways = 1
        self.lists = lists

    def read(self) -> str:
        regex, has_words = self._sequence(top=True)
        if self.at < len(self.tokens):
            raise PatternError(gettext("A bracket has no partner."))
        if not has_words:
            raise PatternError(gettext("Give at least one word that must be there."))
        return regex

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self) -> tuple[str | None, str, re.Match[str]]:
        self.at += 1
        return self.tokens[self.at - 1]

    def _sequence(self, *, top: bool = False) -> tuple[str, bool]:
        """Words with spaces between them, and whether any of them must be there."""
        pieces: list[Piece] = []
        while self._peek() and self._peek() not in ")]" and (top or self._peek() != "/"):
            if self.tokens[self.at][0] == "space":
                self.at += 1
            else:
                pieces.append(self._alternatives() if top else self._piece())
        firm = [not (each.can_be_missing or each.is_negative) for each in pieces]
        if not any(firm):
            raise PatternError(gettext("Give at least one word that must be there."))
        first, regex = firm.index(True), ""
        for number, piece in enumerate(pieces):
            before, after = ("", " ") if number < first else (" ", "")
            if number == first:
                regex += piece.regex
            elif piece.is_negative:
                regex += f"(?!{before}{piece.regex}\\b)"
            elif piece.can_be_missing and piece.regex.startswith("…"):
                regex += _gap(piece.regex, before)
            else:
                missing = "?" if piece.can_be_missing else ""
                regex += f"(?:{before}{piece.regex}{after}){missing}"
        return regex, any(
            is_firm and each.has_words for is_firm, each in zip(firm, pieces, strict=True)
        )

    def _alternatives(self) -> Piece:
        """Outside of brackets a stroke stands between two words."""
        pieces = [self._piece()]
        while self._peek() == "/":
            self.at += 1
            pieces.append(self._piece())
        if len(pieces) == 1:
            return pieces[0]
        if any(each.can_be_missing or each.is_negative for each in pieces):
            raise PatternError(gettext("Put brackets around what stands beside a stroke."))
        return Piece(
            _either(each.regex for each in pieces), has_words=all(each.has_words for each in pieces)
        )

    def _piece(self) -> Piece:
        """All up to the next space or stroke."""
        start = self.at
        regex, has_words, has_open_letters = "", False, False
        while self._peek() and self._peek() not in ")]/" and self.tokens[self.at][0] != "space":
            kind, text, found = self._take()
            is_alone = self.at - 1 == start
            match kind:
                case "gap":
                    if not is_alone:
                        raise PatternError(gettext("Write a space before “%s”.") % text)
                    return self._open_words(text)
                case "sign" if text == "!":
                    return self._not_before(is_alone)
                case "sign" if text in "([":
                    part, some_words = self._brackets(text, is_alone)
                    if text == "[" and is_alone and self._ends():
                        return Piece(part, can_be_missing=True)
                    regex += f"(?:{part})?" if text == "[" else part
                    has_words |= some_words and text == "("
                case _:
                    if text in ("*", "_") and has_open_letters:
                        raise PatternError(gettext("Only one * or _ can stand in a word."))
                    has_open_letters |= text in ("*", "_")
                    regex += self._sign_or_word(kind, found)
                    has_words |= text == "#" or kind in ("list", "word", "exact")
        if not regex:
            raise PatternError(gettext("“%s” can’t be read.") % (self._peek() or "/"))
        return Piece(regex, has_words=has_words)

    def _sign_or_word(self, kind: str | None, found: re.Match[str]) -> str:
        text = found[0]
        if text in _one_sign:
            return _one_sign[text]
        return self._list(found["list"]) if kind == "list" else _literal(found)

    def _ends(self) -> bool:
        return not self._peek() or self._peek() in ")]/" or self.tokens[self.at][0] == "space"

    def _open_words(self, text: str) -> Piece:
        return Piece(f"…{text[0]}{self._most(text)}", can_be_missing=True)

    def _most(self, text: str) -> int:
        """Of how many words “...6” speaks."""
        most = int(text.lstrip(",.") or 3)
        if not 1 <= most <= MOST_WORDS_BETWEEN:
            raise PatternError(gettext("At most %s words can be left open.") % MOST_WORDS_BETWEEN)
        self._count(most + 1)
        return most

    def _count(self, ways: int) -> None:
        self.ways *= ways
        if self.ways > MOST_WAYS:
            raise PatternError(gettext("Too much of it is left open. Make several phrases of it."))

    def _not_before(self, is_alone: bool) -> Piece:
        if not is_alone or self._peek() != "(":
            raise PatternError(gettext("Write “!” before a bracket: !(by/at)."))
        self.at += 1
        regex, _has_words = self._brackets("(", True)
        return Piece(regex, is_negative=True)

    def _brackets(self, opened: str, is_alone: bool) -> tuple[str, bool]:
        """What stands in brackets, with how often it may come, and whether all of it has words."""
        self.depth += 1
        if self.depth > MOST_GROUPS:
            raise PatternError(gettext("Too many brackets stand in each other."))
        closed = ")" if opened == "(" else "]"
        if opened == "[" and [each[0] for each in self.tokens[self.at : self.at + 1]] == ["space"]:
            self.at += 1
            self._close(closed)
            return " ", False
        before, most_ways = self.ways, 1
        parts: list[tuple[str, bool]] = []
        while not parts or self._peek() == "/":
            self.at += bool(parts)
            self.ways = 1
            parts.append(self._sequence())
            most_ways = max(most_ways, self.ways)
        self.ways = before
        self._close(closed)
        self._count(most_ways)
        # An ending, as in addict[s], leaves nothing open.
        if opened == "[" and is_alone and self._ends():
            self._count(2)
        regex = _either(part for part, _has_words in parts)
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "gap":
            regex = self._repeated(regex, self._take()[1], most_ways)
        return regex, all(has_words for _part, has_words in parts)

    def _repeated(self, regex: str, text: str, ways: int) -> str:
        if ways > 1:
            raise PatternError(gettext("Words that repeat can’t leave anything open."))
        most = self._most(text)
        comma = ",?" if text.startswith(",") else ""
        return f"(?:{regex}(?:{comma} {regex}){{0,{most - 1}}})"

    def _close(self, closed: str) -> None:
        if self._peek() != closed:
            raise PatternError(gettext("A bracket has no partner."))
        self.at += 1
        self.depth -= 1

    def _list(self, name: str) -> str:
        if name not in self.lists and name not in BUILT_IN:
            raise PatternError(gettext("There is no list “%s”.") % name)
        return self.lists.get(name) or BUILT_IN[name]


def _either(parts: Iterable[str]) -> str:
    return f"(?:{'|'.join(parts)})"


def _gap(mark: str, before: str) -> str:
    """Up to so many words, with their space."""
    comma, most = (",?" if mark[1] == "," else ""), mark[2:]
    if before:
        return rf"(?:{comma} \w+){{0,{most}}}{comma}"
    return rf"(?:\w+{comma} ){{0,{most}}}"


def _literal(found: re.Match[str]) -> str:
    if found["exact"]:
        return f"(?-i:{re.escape(found['exact']).replace(chr(92) + ' ', ' ')})"
    text = found[0]
    is_abbreviation = len(text) > 1 and text.isupper() and text.isalpha()
    return f"(?-i:{text})" if is_abbreviation else re.escape(text)
