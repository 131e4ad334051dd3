"""The lines that every page names, from the records of help lines, without the database."""

from __future__ import annotations

from typing import Any, NamedTuple

from contact.records.directory.helplines import Helpline

from .kept_copy import KeptCopy


class CrisisLine(NamedTuple):
    phone: str
    dial: str
    # Empty where nobody reads texts for sure.
    text_to: str
    chat_url: str = ""
    # The key to press for somebody who speaks Spanish, and the word to text for that.
    spanish_key: str = ""
    spanish_word: str = ""


class CrisisLines(NamedTuple):
    emergency: CrisisLine
    lifeline: CrisisLine


# The short names of their records. A page never goes without: these stand in for a record that
# is missing, not verified or without a number.
SLUGS = {"emergency": "911", "lifeline": "988"}
DEFAULT = CrisisLines(
    CrisisLine("911", "911", ""),
    CrisisLine("988", "988", "988", "https://988lifeline.org/chat/", "2", "AYUDA"),
)


def from_records() -> CrisisLines:
    found = {line.slug: line for line in Helpline.objects.published() if line.dial}
    return DEFAULT._replace(
        **{name: _line(found[slug]) for name, slug in SLUGS.items() if slug in found}
    )


def _line(record: Helpline) -> CrisisLine:
    return CrisisLine(
        record.phone or record.dial,
        record.dial,
        record.text_to,
        record.chat_url,
        record.spanish_key,
        record.spanish_word if record.text_to else "",
    )


def _from_json(values: Any) -> CrisisLines:
    return CrisisLines(*(CrisisLine(*map(str, line)) for line in values))


crisis_lines = KeptCopy("crisis_lines.json", from_records, list, _from_json, DEFAULT)
read, write = crisis_lines.read, crisis_lines.write
