"""What the styles of a Word file mean: own headings, contents, struck or hidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_heading = re.compile(
    r"(?:heading|überschrift|titre|título|encabezado|titolo|kop|rubrik|overskrift) ?([1-6])"
)
_title = re.compile(r"(?:title|titel|titre|título|titolo)")
_contents = re.compile(r"(?:toc|contents|table of figures|index) ?(?:\d|heading)?")
# Bold words in these are no headings, or mammoth reads them as lists.
_other = re.compile(r"caption|list|bullet|number|header|footer")
_plain_id = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
MOST_PARENT_STYLES = 20


class Style(NamedTuple):
    kind: str
    name: str
    base: str
    level: int
    is_struck: bool
    is_hidden: bool
    is_bold: bool


def style_map(xml: bytes) -> str:
    """Lines of mammoth's style map for the styles that it doesn't know itself."""
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - refused before if it has entities
    except ElementTree.ParseError:
        return ""
    styles = {
        each.get(f"{_W}styleId", ""): _style(each)
        for each in root.iter(f"{_W}style")
        if each.get(f"{_W}default") not in ("1", "true", "on")
    }
    return "\n".join(filter(None, (_mapped(name, styles) for name in styles)))


def _style(element: ElementTree.Element) -> Style:
    def value(path: str) -> str:
        found = element.find("/".join(f"{_W}{part}" for part in path.split("/")))
        return "" if found is None else found.get(f"{_W}val", "true")

    def is_on(name: str) -> bool:
        return value(f"rPr/{name}") not in ("", "0", "false", "off", "none")

    level = value("pPr/outlineLvl")
    return Style(
        element.get(f"{_W}type", ""),
        value("name").lower(),
        value("basedOn"),
        int(level) + 1 if level in ("0", "1", "2", "3", "4", "5") else 0,
        is_on("strike") or is_on("dstrike"),
        is_on("vanish"),
        is_on("b"),
    )


def _mapped(style_id: str, styles: dict[str, Style]) -> str:
    own, line = styles[style_id], [*_line(style_id, styles)]
    is_struck = any(each.is_struck for each in line)
    is_hidden = any(each.is_hidden for each in line)
    if not _plain_id.fullmatch(style_id):
        return ""
    if own.kind == "paragraph":
        element = _paragraph(own, line, is_struck=is_struck, is_hidden=is_hidden)
        return f"p.{style_id} => {element}" if element else ""
    if own.kind == "character" and (is_struck or is_hidden):
        return f"r.{style_id} => {'s' if is_struck else 'span.HiddenWords'}"
    return ""


def _paragraph(own: Style, line: list[Style], *, is_struck: bool, is_hidden: bool) -> str:
    if _contents.fullmatch(own.name):
        return "!"
    if is_struck:
        return "p:fresh > s"
    if is_hidden:
        return "p.HiddenWords:fresh"
    if any(_title.fullmatch(each.name) for each in line):
        return "p.MsoTitle:fresh"
    if level := next(filter(None, map(_level, line)), 0):
        return f"h{level}:fresh"
    return "p:fresh > strong" if own.is_bold and not _other.search(own.name) else ""


def _line(style_id: str, styles: dict[str, Style]) -> Iterator[Style]:
    """A style and those on which it is based, the nearest first."""
    for _step in range(MOST_PARENT_STYLES):
        if style_id not in styles:
            return
        yield styles[style_id]
        style_id = styles[style_id].base


def _level(style: Style) -> int:
    named = _heading.fullmatch(style.name)
    return int(named[1]) if named else style.level
