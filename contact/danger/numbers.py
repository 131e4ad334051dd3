"""Numbers in figures and words, and the signs that stand for them in patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .patterns import ANY_NUMBER, ANY_YEAR, LARGE_NUMBER

YEAR_FORM = re.compile(r"(?:19|20)\d\d")
SMALL_NUMBER_WORDS = frozenset(
    (
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "couple", "few"),
        *("several", "many", "some", "un", "una", "dos", "tres", "cuatro", "cinco", "seis"),
        *("siete", "ocho", "nueve", "unos", "unas", "varios", "varias", "muchos", "muchas"),
    )
)
LARGE_NUMBER_WORDS = frozenset(
    (
        *("ten", "eleven", "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "hundred"),
        *("diez", "once", "doce", "quince", "veinte", "treinta", "cuarenta", "cincuenta", "cien"),
    )
)


def number_signs(word: str) -> Iterator[str]:
    """Yield the signs that stand for this number; none if it is no number."""
    is_large = word in LARGE_NUMBER_WORDS or (word.isdigit() and len(word.lstrip("0")) > 1)
    if is_large or word.isdigit() or word in SMALL_NUMBER_WORDS:
        yield ANY_NUMBER
    if is_large:
        yield LARGE_NUMBER
    if YEAR_FORM.fullmatch(word):
        yield ANY_YEAR
