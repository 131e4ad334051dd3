"""Cutting a text into digits, words, and things with digits that are no phone number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from .characters import fold_characters
from .vocabulary import EXTENSION

# Never part of a phone number, though digits are in it.
NO_NUMBER = re.compile(
    r"""
    [\w.+\-]{1,64}@[\w\-]{1,64}\.\w+                        # mail
    | (?<!\w)@[a-z_]\w*                                     # a name on a network
    | https?://\S+ | www\.\S+ | [\w.\-]+\.(?:com|net|org)/\S*
    | (?<![\d/.\-])(?:                                      # dates with a year
        (?:19|20)\d\d[\-/.]\d{1,2}[\-/.]\d{1,2} | \d{1,2}[\-/.]\d{1,2}[\-/.](?:19|20)\d\d
      )(?![\-/.]?\d)
    | -?\d{1,3}\.\d{4,}\s*,\s*-?\d{1,3}\.\d{4,}             # a place on the map
    | [$€£]\s*\d{1,6}(?:[.,]\d+)?(?![\d\-.]*\d)             # prices
    | (?<!\d)24\s*[/x\-]\s*7(?!\d)                          # day and night
    | (?<![\d:])(?:\d{1,2}(?::\d\d)?\s*(?:-|to|till?|until|and|y|a)\s*)?    # times of day
      \d{1,2}(?:[.:]\d\d)?\s*(?:[ap]\.?\s?m\b\.?|hrs?\b|h\b|o'?clock\b|ish\b)
    | (?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:])
    | (?<!\d)\d{1,3}(?:st|nd|rd|th)\b
    | \b(?:[24](?:nite|night|day|morrow|ever)|l8r?|gr8|m8|w8|h8)\b
    | (?<!\d)\*(?:67|82|31)\#? | \#31\#                     # codes that hide or show the caller
    """,
    re.IGNORECASE | re.VERBOSE,
)
PIECE = re.compile(r"(?P<digits>\d+)|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)|(?P<plus>\+)")


PARTING = re.compile(r"[#;]|,,")


class PieceKind(Enum):
    DIGITS = "digits"
    WORD = "word"
    PLUS = "plus"
    # A time, a date, an address …: it parts numbers as a word does.
    OTHER = "other"


class NumberPiece(NamedTuple):
    """`gap` is what stands between it and the piece before; `written` is a word as typed."""

    kind: PieceKind
    text: str
    gap: str
    written: str = ""

    @property
    def is_digits(self) -> bool:
        return self.kind is PieceKind.DIGITS

    @property
    def is_word(self) -> bool:
        return self.kind is PieceKind.WORD


def cut(text: str) -> list[NumberPiece]:
    return list(_pieces(text))


def _pieces(text: str) -> Iterator[NumberPiece]:
    end = at = 0
    # "x4 - 5pm" is no time from 4 to 5.
    is_after_extension = False
    while at < len(text):
        if not is_after_extension and (other := NO_NUMBER.match(text, at)):
            yield NumberPiece(PieceKind.OTHER, other[0], text[end:at])
        elif found := PIECE.match(text, at):
            kind = PieceKind(str(found.lastgroup))
            other = found
            if kind is PieceKind.PLUS and not _is_in_front(text, at):
                at += 1
                continue
            word = (
                fold_characters(found[0]).replace("’", "'") if kind is PieceKind.WORD else found[0]
            )
            yield NumberPiece(kind, word, text[end:at], found[0])
            is_after_extension = word in EXTENSION
        else:
            at += 1
            continue
        end = at = other.end()


def _is_in_front(text: str, at: int) -> bool:
    """Return whether a plus begins a number; between digits it stands for a space or a dash."""
    before, after = text[:at], text[at + 1 :]
    return bool(re.match(r"[\s(\[]*\d", after)) and not re.search(r"\d$", before)


def digit_runs(pieces: list[NumberPiece]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of digits (and plus signs) with nothing between that parts numbers."""
    begin = None
    for at, piece in enumerate(pieces):
        if begin is not None and PARTING.search(piece.gap):
            yield begin, at
            begin = None
        if piece.kind in (PieceKind.DIGITS, PieceKind.PLUS):
            begin = at if begin is None else begin
        elif begin is not None:
            yield begin, at
            begin = None
    if begin is not None:
        yield begin, len(pieces)
