"""Lists: the paragraphs by which word processors write them, and nested lists for the page."""

from __future__ import annotations

import re
from typing import NamedTuple

from .html_tree import HtmlElement

_word_list = re.compile(r"(?P<list>l\d+)\s+level(?P<level>\d+)(?:\s+(?P<form>lfo\d+))?")
_number = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivxlc]+)[.)]", re.IGNORECASE)


class Item(NamedTuple):
    """`level` counts from 0; items of the same `key` belong to the same list."""

    level: int
    is_ordered: bool
    html: str
    key: str = ""
    marker: str = ""

    @property
    def start(self) -> int:
        digits = re.sub(r"\D", "", self.marker)
        return int(digits) if digits and self.is_ordered else 1


class ListPosition(NamedTuple):
    level: int
    key: str

    @staticmethod
    def is_ordered(marker: str) -> bool:
        # "o" is the bullet of Word's second level.
        return marker.strip() != "o" and _number.fullmatch(marker.strip()) is not None


def list_level_of(paragraph: HtmlElement) -> ListPosition | None:
    """The place in a list of a paragraph that Word wrote as an item."""
    found = _word_list.search(paragraph.styles.get("mso-list", ""))
    if found:
        return ListPosition(int(found["level"]) - 1, f"{found['list']} {found['form']}")
    return None


def without_marker(paragraph: HtmlElement) -> tuple[str, list[HtmlElement | str]]:
    """The bullet or number that Word writes before an item, and the rest."""
    marker = ""
    rest: list[HtmlElement | str] = []
    for child in paragraph.children:
        if isinstance(child, HtmlElement) and _is_marker(child):
            marker += child.text
        else:
            rest.append(child)
    return "".join(marker.split()), rest


def _is_marker(element: HtmlElement) -> bool:
    inside = (element, *element.elements())
    return any(each.styles.get("mso-list") == "ignore" for each in inside)


def to_nested_lists(items: list[Item]) -> str:
    """Neighbouring items as HTML; an item is at most one level deeper than the one before."""
    html = ""
    # Tag and key of each open list, the outermost first; each has an open item.
    open_lists: list[tuple[str, str]] = []
    for item in items:
        level = min(max(item.level - items[0].level, 0), len(open_lists))
        tag = "ol" if item.is_ordered else "ul"
        while len(open_lists) > level + 1:
            html += f"</li></{open_lists.pop()[0]}>"
        if len(open_lists) == level + 1:
            open_tag, key = open_lists[-1]
            if open_tag == tag and (key == item.key or level):
                html += "</li><li>"
            else:
                html += f"</li></{open_lists.pop()[0]}>"
        if len(open_lists) == level:
            start = f' start="{item.start}"' if item.start > 1 else ""
            html += f"<{tag}{start}><li>"
            open_lists.append((tag, item.key))
        html += item.html
    while open_lists:
        html += f"</li></{open_lists.pop()[0]}>"
    return html
