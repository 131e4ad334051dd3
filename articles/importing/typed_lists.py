"""Lists that somebody typed: paragraphs or lines that begin with a dot, a dash or a number."""

from __future__ import annotations

import re
from typing import NamedTuple

from .blocks import ImportedBlock, Paragraph
from .lists import Item

_dot = re.compile(r"[•●▪■◆‣◦○·➢➤►▸❖]\s*(?P<text>\S.*)", re.DOTALL)
_mark = re.compile(r"(?:[–—*-]|(?P<number>\d{1,2})[.)])\s+(?P<text>\S.*)", re.DOTALL)
# The marks of Word's second and third level.
_inner = re.compile(r"(?P<mark>o|§)\s+(?P<text>\S.*)", re.DOTALL)


class TypedLine(NamedTuple):
    html: str
    text: str = ""
    number: int = 0
    is_dotted: bool = False
    level: int = 0


def with_typed_lists(blocks: list[ImportedBlock]) -> list[ImportedBlock]:
    found: list[ImportedBlock] = []
    run: list[tuple[Paragraph, list[TypedLine]]] = []
    for block in blocks:
        lines = _lines(block) if isinstance(block, Paragraph) else []
        if isinstance(block, Paragraph) and lines and lines[-1].text:
            run.append((block, lines))
        else:
            found += [*_read(run), block]
            run = []
    return [*found, *_read(run)]


def _lines(paragraph: Paragraph) -> list[TypedLine]:
    lines = []
    for html in paragraph.html.split("<br>"):
        if html.count("<a ") != html.count("</a>"):
            return []
        dotted, marked = _dot.fullmatch(html), _mark.fullmatch(html)
        if found := dotted or marked:
            number = int(marked["number"] or 0) if marked else 0
            lines.append(TypedLine(html, found["text"], number, dotted is not None))
        elif inner := _inner.fullmatch(html):
            lines.append(TypedLine(html, inner["text"], 0, True, 1 if inner["mark"] == "o" else 2))
        else:
            lines.append(TypedLine(html))
    return lines


def _read(run: list[tuple[Paragraph, list[TypedLine]]]) -> list[ImportedBlock]:
    """Neighbouring paragraphs that end in marked lines as items, if they are a list."""
    lines = [line for _paragraph, lines in run for line in lines]
    marked = [line for line in lines if line.text]
    numbers = [line.number for line in marked if line.number]
    counts_up = numbers == list(range(1, len(numbers) + 1))
    are_dotted = bool(marked) and all(line.is_dotted for line in marked)
    if marked and marked[0].level:
        return [paragraph for paragraph, _lines in run]
    if not are_dotted and (len(marked) < 2 or not counts_up):
        return [paragraph for paragraph, _lines in run]
    found: list[ImportedBlock] = []
    for line in lines:
        if line.text:
            found.append(Item(line.level, bool(line.number), line.text, "typed"))
        elif line.html.strip():
            found.append(Paragraph(line.html, re.sub(r"<[^>]*>", "", line.html)))
    return found
