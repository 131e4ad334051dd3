"""Reading the one phone number, and its extension, that a text gives."""

from __future__ import annotations

import re

from . import questions, spoken
from .characters import LETTER, plain_characters
from .leftovers import extension_beside, has_spoken_extension, split_extension
from .numbers import (
    FoundNumber,
    international,
    is_domestic,
    is_impossible,
    is_real_looking,
    is_valid,
    numbers_in,
)
from .pieces import NumberPiece, PieceKind, cut, digit_runs
from .vocabulary import CONNECTORS, LABELS

GARBLED = re.compile(rf"\d-?{LETTER}|{LETTER}-?\d")
KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# 1-800-FLOWERS: an area code, then seven letters and digits; more letters on toll-free ones.
VANITY = re.compile(
    r"(?<![\w+])\+?(?:1\W{0,2})?\(?(\d{3})\)?\W{0,3}((?:[a-z0-9]+[ .\-]?){1,7})(?!\w)",
    re.IGNORECASE,
)
MIXED = re.compile(r"\d[a-z]|[a-z]\d", re.IGNORECASE)
TOLL_FREE = {"800", "833", "844", "855", "866", "877", "888"}
LONGEST_VANITY = 12
AREA_CODE = re.compile(
    r"\b(?:area code|c[oó]digo de [aá]rea)\W*(\d{3})\b|\b(\d{3})\W*area code", re.IGNORECASE
)
# Fewer digits are no try at a phone number.
FEWEST = 6
# No longer text is read: patterns over it take their time.
LONGEST_TEXT = 1000


def read_number(text: str, own: str) -> tuple[str, str]:
    """Return number and extension; `own` is the centre's, which counts only if it stands alone."""
    if len(text) > LONGEST_TEXT or len(text := plain_characters(text)) > LONGEST_TEXT:
        raise questions.NoNumber()
    if has_spoken_extension(cut(text)):
        text = spoken.with_digits(text)
    if not (read := _as_written(text, own)):
        heard = {each for version in spoken.readings(text) if (each := _as_heard(version, own))}
        if len(heard) > 1:
            heard = {each for each in heard if is_valid(each[0])} or heard
        if len(heard) > 1:
            raise questions.which_one(*(number for number, _extension in sorted(heard)[:2]))
        read = heard.pop() if heard else None
    if read is None:
        raise _problem(text, cut(spoken.with_digits(text)))
    return read


def _as_written(text: str, own: str) -> tuple[str, str] | None:
    pieces = cut(text)
    if found := _all_numbers(pieces):
        return _one_number(pieces, found, own)
    text, extension = split_extension(text)
    e164 = _with_letters(text) or _after_area_code(text) or _in_parts(cut(text))
    return (e164, extension) if e164 else None


def _as_heard(text: str, own: str) -> tuple[str, str] | None:
    """Return the number of one reading; none if that reading would be asked about."""
    try:
        return _as_written(text, own)
    except questions.Unclear:
        return None


def _all_numbers(pieces: list[NumberPiece]) -> list[FoundNumber]:
    return [each for begin, end in digit_runs(pieces) for each in numbers_in(pieces, begin, end)]


def _one_number(pieces: list[NumberPiece], found: list[FoundNumber], own: str) -> tuple[str, str]:
    different = list(dict.fromkeys(each.e164 for each in found))
    theirs = [e164 for e164 in different if e164 != own] or different
    if len(theirs) > 1:
        raise questions.which_one(theirs[0], theirs[1])
    # The number of the centre comes last: what stands beside it is about the other.
    found.sort(key=lambda each: each.e164 == own)
    return theirs[0], extension_beside(pieces, found)


def _with_letters(text: str) -> str:
    """Return a number of which letters are part."""
    for match in VANITY.finditer(text):
        area, written = match.groups()
        letters = re.sub(r"[\W_]", "", written)
        words = re.findall(r"[a-z]+", written, re.IGNORECASE)
        is_mixed = bool(MIXED.search(written))
        if (
            letters.isdecimal()
            or (is_mixed and area not in TOLL_FREE)
            or any(spoken.is_number_word(word) for word in words)
        ):
            continue
        is_label = any(word.lower() in LABELS for word in words) and not written.isupper()
        is_long_enough = len(letters) == 7 or (
            area in TOLL_FREE and 7 < len(letters) <= LONGEST_VANITY and len(words) == 1
        )
        digits = area + letters.lower().translate(KEYPAD)[:7]
        is_placeholder = any(len(word) > 1 and len(set(word.lower())) == 1 for word in words)
        if is_placeholder:
            continue
        if is_long_enough and not is_label and is_real_looking(digits) and len(digits) == 10:
            return f"+1{digits}"
    return ""


def _after_area_code(text: str) -> str:
    """Return a number whose area code is named beside it."""
    if not (named := AREA_CODE.search(text)):
        return ""
    rest = re.sub(r"\D", "", text[: named.start()] + text[named.end() :])
    digits = (named[1] or named[2]) + rest
    return f"+1{digits}" if len(digits) == 10 and is_domestic(digits) else ""


def _in_parts(pieces: list[NumberPiece]) -> str:
    """Return a number between whose digits only words such as "dash" stand."""
    at = [at for at, piece in enumerate(pieces) if piece.is_digits]
    if not at:
        return ""
    between = pieces[at[0] : at[-1] + 1]
    if any(piece.is_word and piece.text not in CONNECTORS for piece in between):
        return ""
    if any(piece.kind is PieceKind.OTHER for piece in between):
        return ""
    digits = "".join(piece.text for piece in between if piece.is_digits)
    return f"+1{digits[-10:]}" if is_domestic(digits) else ""


def _problem(text: str, pieces: list[NumberPiece]) -> Exception:
    digits = "".join(piece.text for piece in pieces if piece.is_digits)
    if len(digits) < FEWEST:
        return questions.NoNumber()
    if len(digits) == 11 and digits[0] == "0":
        domestic = f"+1{digits[1:]}"
        if is_real_looking(digits[1:]) and is_valid(domestic):
            return questions.ask_about_zero(domestic)
    if GARBLED.search(text):
        return questions.digits_only()
    groups = [piece.text for piece in pieces if piece.is_digits]
    if is_impossible(digits) and (digits[0] != "1" or [len(each) for each in groups] == [3, 3, 4]):
        return questions.impossible(digits[-10:])
    has_plus = any(piece.kind is PieceKind.PLUS for piece in pieces)
    if has_plus and digits[0] != "1":
        return questions.wrong_length_abroad()
    if digits[0] == "1" and len(digits) < 11:
        return questions.wrong_length(len(digits) - 1)
    if len(digits) > 10 and is_valid(abroad := international(digits)):
        is_code = len(groups) == 1 or abroad.startswith(f"+{groups[0]}")
        if is_code and not is_real_looking("".join(groups[-3:])):
            return questions.ask_if_abroad(abroad)
    return questions.wrong_length(len(digits))
