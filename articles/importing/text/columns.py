"""Tables of plain text: lines whose cells are parted by tabs or bars."""

from __future__ import annotations

import re
from collections.abc import Callable

_bars = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?")
_digit = re.compile(r"\d")
_moment = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|morning|noon|afternoon|evening|night"
    r"|breakfast|lunch|dinner|today|tomorrow|week|day|january|february|march|april|may|june|july"
    r"|august|september|october|november|december)\b.{0,4}",
    re.IGNORECASE,
)
_times_of_day = {"week", "day"}


def cells(line: str) -> list[str]:
    """The cells of a line, or none if it has only one."""
    text = line.strip("\n")
    if "\t" in text.strip():
        parts = re.split(r"\t+", text.strip())
    elif text.count("|") > 1 or " | " in text or _bars.fullmatch(text):
        parts = text.strip().strip("|").split("|")
    else:
        return []
    parts = [part.strip() for part in parts]
    return parts if len(parts) > 1 else []


def is_table(lines: list[str]) -> bool:
    """Whether lines stand in columns: two at least, and as many cells in each."""
    rows = [cells(line) for line in lines]
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names what stands below: words, where others have numbers."""
    first, others = rows[0], rows[1:]
    if not all(first) or any(map(_digit.search, first)) or len(rows) < 2:
        return False
    has_numbers = any(all(_digit.search(row[at]) for row in others) for at in range(len(first)))
    begins = _moment.fullmatch(first[0])
    is_moment = begins is not None and first[0].lower() not in _times_of_day
    return has_numbers or not is_moment


def columns_to_html(lines: list[str], words: Callable[[str], str]) -> str:
    rows = [cells(line) for line in lines if not _bars.fullmatch(line)]
    is_named = len(rows) < len(lines) or has_header(rows)
    html = ""
    for at, row in enumerate(rows):
        name = "th" if at == 0 and is_named else "td"
        html += f"<tr>{''.join(f'<{name}>{words(cell)}</{name}>' for cell in row)}</tr>"
    return f"<table>{html}</table>"
