"""Languages by their ISO 639 codes, as directories of services write them, and by their names.

`language_codes.csv` holds most languages with a two-letter code, and some others of the US.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

LANGUAGE_TABLE = Path(__file__).with_name("language_codes.csv")
SEPARATORS = re.compile(r"[,;/|\n]")
# A code, with a country or a script: es-MX, zh-Hant.
CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_](?:[A-Z]{2}|[0-9]{3}|[A-Z][a-z]{3}))*")


@cache
def _names() -> dict[str, str]:
    """Return the English name of each code."""
    return {row["code"]: row["name"] for row in _rows()}


@cache
def _codes() -> dict[str, str]:
    """Return the code of whatever a language is written as, in small letters."""
    found: dict[str, str] = {}
    for row in _rows():
        others = [*row["other_codes"].split(), *row["other_names"].split(";")]
        found |= {word.casefold(): row["code"] for word in (row["code"], row["name"], *others)}
    found.pop("", None)
    return found


def _rows() -> Iterator[dict[str, str]]:
    with LANGUAGE_TABLE.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _parts(languages: str) -> list[str]:
    return [part for each in SEPARATORS.split(languages) if (part := " ".join(each.split()))]


def _code(part: str) -> str | None:
    if code := _codes().get(part.casefold()):
        return code
    match = CODE.fullmatch(part)
    return _codes().get(match[1].casefold()) if match and len(part) > len(match[1]) else None


def in_codes(languages: str) -> str:
    """Write languages as codes; what has none stays as it is."""
    return ", ".join(dict.fromkeys(_code(part) or part for part in _parts(languages)))


def in_words(languages: str) -> str:
    """Write languages by their English names; raise a ValidationError for an unknown code."""
    words = []
    for part in _parts(languages):
        code = _code(part)
        if code is None and CODE.fullmatch(part) and len(part) <= 3:
            raise ValidationError(
                gettext("“%(code)s” is no language code that we know. Write the language’s name.")
                % {"code": part}
            )
        words.append(_names()[code] if code else part)
    return ", ".join(dict.fromkeys(words))
