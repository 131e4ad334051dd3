"""Help lines whose number changed since texts were written with it, without the database."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from contact.records.directory.helplines import Helpline

from .kept_copy import KeptCopy


class Moved(NamedTuple):
    """A number as texts have it, how they show it, and what stands for both now."""

    scheme: str
    number: str
    shown: str
    new_number: str
    new_shown: str


_link = re.compile(r'(<a\b[^>]*\bhref=")(tel|sms):([^"]+)("[^>]*>)(.*?)</a>', re.DOTALL)


def from_records() -> tuple[Moved, ...]:
    found = []
    for line in Helpline.objects.published().exclude(first_dial=""):
        first = Moved("tel", line.first_dial, line.first_phone, line.dial, line.phone or line.dial)
        text_to = Helpline.number_to_text(line.first_text)
        texted = Moved("sms", text_to, text_to, line.text_to, line.text_to)
        for each in (first, texted):
            has_moved = (each.number, each.shown) != (each.new_number, each.new_shown)
            if each.number and each.new_number and has_moved:
                found.append(each)
    return tuple(found)


def _from_json(values: Any) -> tuple[Moved, ...]:
    return tuple(Moved(*map(str, each)) for each in values)


moved_numbers: KeptCopy[tuple[Moved, ...]] = KeptCopy(
    "moved_numbers.json", from_records, list, _from_json, ()
)
read, write = moved_numbers.read, moved_numbers.write


def with_present_numbers(html: str) -> str:
    """Let every link to call or text lead to the number that the record has now, and show it."""
    moved = {(each.scheme, each.number): each for each in read()}
    if not moved:
        return html

    def present(match: re.Match[str]) -> str:
        before, scheme, number, after, words = match.groups()
        if (each := moved.get((scheme, number))) is None:
            return match[0]
        shown = words.replace(each.shown, each.new_shown)
        return f"{before}{scheme}:{each.new_number}{after}{shown}</a>"

    return _link.sub(present, html)
