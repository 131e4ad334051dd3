"""Plain text, with the marks by which people write headings, lists and bold words, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise

from ..questions import is_name_of_questions
from . import columns, unmarked_lists

LONGEST_HEADING, MOST_HEADING_WORDS = 100, 14
# Nobody breaks lines by hand that are longer.
HARD_WRAPPED = 100
_bullet = re.compile(
    r"(?P<indent>\s*)(?P<mark>[•●▪■◆‣◦○·∙★☆✓✔✗✅👉🔹🔸➔➢➤►▸▶→❖◇□☐☑–—*+-]|[-=]>|o(?=\s))\s+(?P<text>\S.*)"
)
_number = re.compile(r"(?P<indent>\s*)(?P<mark>\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?P<text>\S.*)")
_marked_heading = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_underline = re.compile(r"\s*(?:={3,}|-{3,})\s*")
_rule = re.compile(r"\s*(?:[-*_]\s*){3,}\s*")
_lead_in = re.compile(r"(?P<lead>[^\W\d_][^.:!?<>]{1,60}:)\s+(?P<rest>\S.*)", re.DOTALL)
_spoken = re.compile(
    r"\s*(?:q|question|p|pregunta|a|answer|r|respuesta)\s*\d*[:.)]\s", re.IGNORECASE
)
_inline = (
    (re.compile(r"\[([^\]\n]{1,300})\]\(([^()\s]{1,2000})\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"~~(?=\S)([^~\n]+?)(?<=\S)~~"), r"<s>\1</s>"),
)


def text_to_html(text: str) -> str:
    """Blank lines end paragraphs; in a text without any, so does each line."""
    text = re.sub(r"\r\n?|\v|\x85|\u2028", "\n", text).replace("\f", "\n\n")
    text = text.replace("\u2029", "\n\n")
    lines = unmarked_lists.with_numbers([*map(_with_spaces, text.split("\n"))])
    breaks_by_hand = max(map(len, lines)) <= HARD_WRAPPED and any(
        first.strip() and second.strip() for first, second in pairwise(lines)
    )
    has_blank_lines = any(not line.strip() for line in lines[1:-1])
    groups = _unnumbered(_groups(lines, each_line=not (breaks_by_hand and has_blank_lines)))
    html = ""
    for at, group in enumerate(groups):
        is_last = at == len(groups) - 1
        html += _group(group, is_first=at == 0, is_last=is_last)
    return html


def _unnumbered(groups: list[list[str]]) -> list[list[str]]:
    """Headings without their numbers: where each number stands alone above other words."""
    numbered = [at for at, group in enumerate(groups) if _number.fullmatch(group[0])]
    found = {at: _number.fullmatch(groups[at][0]) for at in numbered}
    are_headings = len(numbered) > 1 and all(
        len(groups[at]) == 1
        and at + 1 < len(groups)
        and at + 1 not in found
        and item is not None
        and looks_like_heading(item["text"])
        for at, item in found.items()
    )
    if not are_headings:
        return groups
    return [[item["text"]] if (item := found.get(at)) else g for at, g in enumerate(groups)]


def _with_spaces(line: str) -> str:
    """Spaces for the tabs that indent a line; others part cells."""
    rest = line.lstrip()
    return line[: len(line) - len(rest)].expandtabs(4) + rest


def _groups(lines: list[str], *, each_line: bool) -> list[list[str]]:
    """Lines that belong together: those of a table, of a list, of a paragraph."""
    groups: list[list[str]] = []
    is_led_in = False
    for chunk in _headed(_chunks(lines)):
        for part in _parts(chunk, is_led_in=is_led_in):
            groups += _divided(part) if each_line and not _is_whole(part) else [part]
        is_led_in = unmarked_lists.begins_list(chunk[-1])
    return groups


def _chunks(lines: list[str]) -> list[list[str]]:
    """Lines without an empty one between them."""
    chunks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            chunks[-1].append(line)
        else:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _headed(chunks: list[list[str]]) -> Iterator[list[str]]:
    """Headings in capitals, and questions of their part, apart from the lines below them."""
    asks = False
    for chunk in chunks:
        rest = chunk
        below = chunk[1] if len(chunk) > 1 else ""
        is_loud = chunk[0].isupper() and looks_like_heading(chunk[0])
        if is_loud and not below.isupper() and not _underline.fullmatch(below) and len(chunk) > 1:
            yield chunk[:1]
            rest = chunk[1:]
        asks = asks or is_name_of_questions(chunk[0].strip(" #*"))
        while asks and len(rest) > 1 and (at := _first_question(rest)) is not None:
            yield from filter(None, (rest[:at], rest[at : at + 1]))
            rest = rest[at + 1 :]
        if rest:
            yield rest


def _first_question(lines: list[str]) -> int | None:
    """Where a line asks that stands above its answer."""
    asked = (at for at, line in enumerate(lines[:-1]) if line.rstrip(" *").endswith("?"))
    return next(asked, None)


def _parts(chunk: list[str], *, is_led_in: bool) -> list[list[str]]:
    """Tables and lists without marks apart from the lines around them."""
    if is_led_in and unmarked_lists.are_items(chunk) and not any(map(_has_meaning, chunk)):
        return [_with_marks(chunk)]
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(chunk):
        end = at
        while end < len(chunk) and columns.cells(chunk[end]) and not _item(chunk[end]):
            end += 1
        if columns.is_table(chunk[at:end]):
            parts += [chunk[at:end], []]
            at = end
            continue
        if _spoken.match(chunk[at]):
            parts.append([])
        parts[-1].append(chunk[at])
        at += 1
        below = chunk[at:]
        if (
            unmarked_lists.begins_list(chunk[at - 1])
            and not _has_meaning(chunk[at - 1])
            and unmarked_lists.are_items(below)
            and not any(map(_has_meaning, below))
        ):
            return [*filter(None, parts), _with_marks(below)]
    return [part for part in parts if part]


def _has_meaning(line: str) -> bool:
    """Whether a line has a mark of its own, so that it is no item without one."""
    marks = (_item(line), _marked_heading.fullmatch(line.strip()), _rule.fullmatch(line))
    return any(marks) or bool(columns.cells(line))


def _with_marks(lines: list[str]) -> list[str]:
    return [f"{line[: len(line) - len(line.lstrip())]}- {line.strip()}" for line in lines]


def _is_whole(part: list[str]) -> bool:
    return columns.is_table(part) or all(map(_item, part))


def _divided(lines: list[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for line in lines:
        if groups and _goes_on(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(group: list[str], line: str) -> bool:
    """Whether a line belongs to those before: items of a list, or the line below a heading."""
    are_items = all(map(_item, (group[-1], line)))
    return are_items or bool(_underline.fullmatch(line))


def _item(line: str) -> re.Match[str] | None:
    return None if _rule.fullmatch(line) else _bullet.fullmatch(line) or _number.fullmatch(line)


def _group(lines: list[str], *, is_first: bool, is_last: bool) -> str:
    if len(lines) == 1 and _rule.fullmatch(lines[0]):
        return "<hr>"
    if columns.is_table(lines) and not _item(lines[0]):
        return columns.columns_to_html(lines, _words)
    if len(lines) == 2 and _underline.fullmatch(lines[1]):
        level = 1 if "=" in lines[1] or is_first else 2
        return _heading(level, lines[0])
    html = ""
    paragraph: list[str] = []
    for line in lines:
        if found := _marked_heading.fullmatch(line.strip()):
            html += _paragraph(paragraph) + _heading(len(found[1]), found[2])
            paragraph = []
        elif _item(line):
            html += _paragraph(paragraph)
            return html + _list(lines[lines.index(line) :])
        else:
            paragraph.append(line)
    if len(lines) == 1 and paragraph and looks_like_heading(lines[0]) and not is_last:
        return _heading(1 if is_first else 2, lines[0])
    return html + _paragraph(paragraph)


def looks_like_heading(line: str) -> bool:
    text = line.strip()
    is_short = len(text) <= LONGEST_HEADING and len(text.split()) <= MOST_HEADING_WORDS
    begins = text[0].isupper() or text[0].isdigit() or text[0] in "¿¡“\"'"
    return is_short and begins and not text.endswith((".", ",", ";", ":", "…", ")", "”"))


def _heading(level: int, text: str) -> str:
    return f"<h{level}>{_words(text)}</h{level}>"


def _paragraph(lines: list[str]) -> str:
    return f"<p>{_words(' '.join(line.strip() for line in lines))}</p>" if lines else ""


def _list(lines: list[str]) -> str:
    """The items, each with its level by indent; lines without a mark go on with the item above."""
    items: list[tuple[int, str, str]] = []
    indents: list[int] = []
    for line in lines:
        found = _item(line)
        if not found:
            indent, mark, text = items.pop()
            items.append((indent, mark, f"{text} {line.strip()}"))
            continue
        width = len(found["indent"])
        while indents and indents[-1] > width:
            indents.pop()
        if not indents or width > indents[-1]:
            indents.append(width)
        items.append((len(indents) - 1, found["mark"], found["text"]))
    has_lead_ins = len(items) > 1 and all(_lead_in.fullmatch(text) for _l, _m, text in items)
    return "".join(
        f'<p style="mso-list:l0 level{level + 1} lfo1"><span style="mso-list:Ignore">'
        f"{escape(mark)}</span>{_item_words(text, has_lead_in=has_lead_ins)}</p>"
        for level, mark, text in items
    )


def _item_words(text: str, *, has_lead_in: bool) -> str:
    if has_lead_in and "*" not in text and (found := _lead_in.fullmatch(text)):
        return f"<strong>{_words(found['lead'])}</strong> {_words(found['rest'])}"
    return _words(text)


def _words(text: str) -> str:
    html = escape(text, quote=False)
    for pattern, replacement in _inline:
        html = pattern.sub(replacement, html)
    return html
