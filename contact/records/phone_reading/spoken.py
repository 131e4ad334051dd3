"""Numbers in words, English and Spanish, as digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from .characters import fold_characters

UNITS = {
    "zero": 0, "oh": 0, "o": 0, "cero": 0, "nought": 0, "one": 1, "uno": 1, "two": 2, "dos": 2,
    "three": 3, "tres": 3, "four": 4, "cuatro": 4, "five": 5, "cinco": 5, "six": 6, "seis": 6,
    "seven": 7, "siete": 7, "eight": 8, "ocho": 8, "nine": 9, "niner": 9, "nueve": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "diez": 10, "eleven": 11, "once": 11, "twelve": 12, "doce": 12, "thirteen": 13,
    "trece": 13, "fourteen": 14, "catorce": 14, "fifteen": 15, "quince": 15, "sixteen": 16,
    "dieciseis": 16, "seventeen": 17, "diecisiete": 17, "eighteen": 18, "dieciocho": 18,
    "nineteen": 19, "diecinueve": 19,
} | {f"veinti{unit}": 20 + UNITS[unit] for unit in UNITS if len(unit) > 2}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "veinte": 20, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
}  # fmt: skip
HUNDREDS = {
    "cien": 1, "ciento": 1, "doscientos": 2, "trescientos": 3, "cuatrocientos": 4, "quinientos": 5,
    "seiscientos": 6, "setecientos": 7, "ochocientos": 8, "novecientos": 9,
}  # fmt: skip
REPEATS = {"double": 2, "triple": 3, "treble": 3, "doble": 2}
HUNDRED = {"hundred": 1, "cientos": 1}
# Each pair doubles the readings.
MOST_PAIRS = 4
SPOKEN_WORD = re.compile(r"[^\W\d_]+|\d+")
PLUS = {"plus", "mas"}


def is_number_word(word: str) -> bool:
    return any(fold_characters(word) in words for words in (UNITS, TEENS, TENS, HUNDREDS))


def with_digits(text: str) -> str:
    """Return the text with its number words as digits: "six oh two" becomes "6 0 2"."""
    return next(readings(text))


def readings(text: str) -> Iterator[str]:
    """Yield the text with digits for each way of hearing it: "eighty five" is 85 or 80 5."""
    words = list(SPOKEN_WORD.finditer(text))
    folds = [fold_characters(word[0]) for word in words]
    pairs = [at for at in range(1, len(folds)) if _may_join(folds, at)][:MOST_PAIRS]
    for apart in product((False, True), repeat=len(pairs)):
        parted = {at for at, is_apart in zip(pairs, apart, strict=True) if is_apart}
        yield _with_digits(text, words, folds, parted)


def _may_join(words: list[str], at: int) -> bool:
    before = words[at - 1]
    return bool(UNITS.get(words[at])) and (before in TENS or before in HUNDREDS | HUNDRED)


def _with_digits(text: str, words: list[re.Match[str]], folds: list[str], parted: set[int]) -> str:
    written, end, at = [], 0, 0
    while at < len(words):
        digits, after = _read(folds, at, parted)
        if after > at and _is_near(folds, at, after):
            written.append(text[end : words[at].start()] + digits)
            end = words[after - 1].end()
        at = max(after, at + 1)
    return "".join([*written, text[end:]])


def _is_near(words: list[str], at: int, after: int) -> bool:
    """Return whether a lone "o", which is also a Spanish "or", stands between digits."""
    if words[at:after] != ["o"]:
        return True
    return all(
        0 <= other < len(words)
        and (words[other].isdecimal() or words[other] in UNITS)
        and len(words[other]) < 7
        for other in (at - 1, after)
    )


def _read(words: list[str], at: int, parted: set[int]) -> tuple[str, int]:
    """Return the digits that begin with this word, and the place after them."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in PLUS and (following in UNITS or following in TENS or following.isdecimal()):
        return "+", at + 1
    if word in REPEATS:
        if following in UNITS:
            return str(UNITS[following]) * REPEATS[word], at + 2
        return "", at
    if word in HUNDREDS:
        return _after_hundred(HUNDREDS[word], words, at + 1, parted)
    if word in UNITS:
        if following in HUNDRED:
            return _after_hundred(UNITS[word], words, at + 2, parted)
        if following in ("thousand", "mil"):
            return f"{UNITS[word]}000", at + 2
        return str(UNITS[word]), at + 1
    return _below_hundred(words, at, parted)


def _below_hundred(words: list[str], at: int, parted: set[int]) -> tuple[str, int]:
    word = words[at] if at < len(words) else ""
    if word in TEENS:
        return str(TEENS[word]), at + 1
    if word not in TENS:
        return "", at
    rest = at + 1
    if rest < len(words) and words[rest] == "y":
        rest += 1
    if rest < len(words) and UNITS.get(words[rest]) and rest not in parted:
        return str(TENS[word] + UNITS[words[rest]]), rest + 1
    return str(TENS[word]), at + 1


def _after_hundred(hundreds: int, words: list[str], at: int, parted: set[int]) -> tuple[str, int]:
    """Return "802" of "eight hundred and two"."""
    rest = at + 1 if at < len(words) and words[at] in ("and", "y") else at
    below, after = _below_hundred(words, rest, parted)
    if not below and rest < len(words) and UNITS.get(words[rest]) and rest not in parted:
        below, after = str(UNITS[words[rest]]), rest + 1
    return (f"{hundreds}{int(below):02}", after) if below else (f"{hundreds}00", at)
