"""Words for the elements in which a text stands, as an editor would name them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.text.compared_blocks import LINE_BREAK, ComparedElement

ELEMENT_LABELS = {
    "p": _("Paragraph"),
    "h2": _("Heading"),
    "h3": _("Subheading"),
    "h4": _("Heading of a small part"),
    "ul": _("List"),
    "ol": _("Numbered list"),
    "li": _("Item"),
    "blockquote": _("Quotation"),
    "blockquote.callout": _("Important box"),
    "blockquote.urgent": _("Urgent box"),
    "figure": _("Figure"),
    "figcaption": _("Words below it"),
    "img": _("Picture"),
    "hr": _("Line across the page"),
    "table": _("Table"),
    "th": _("Header cell"),
    "td": _("Cell"),
}
# They stand between a table and its cells.
UNNAMED = {"thead", "tbody", "tr"}
MARKS = {
    "strong": _("bold"),
    "em": _("italic"),
    "sub": _("lowered"),
    "sup": _("raised"),
}


def label_of(path: Sequence[ComparedElement]) -> str:
    """Where a block stands, from the outside in; text without any element is a paragraph."""
    names = [_element_label(element) for element in path if element.name not in UNNAMED]
    return " › ".join(names) or str(ELEMENT_LABELS["p"])


def _element_label(element: ComparedElement) -> str:
    kind = element.get("class")
    name = f"{element.name}.{kind}" if kind else element.name
    label = str(ELEMENT_LABELS.get(name) or ELEMENT_LABELS.get(element.name) or element.name)
    rest = ", ".join(f"{key} {value}" for key, value in element.attributes if key != "class")
    return f"{label} ({rest})" if rest else label


def mark_labels(marks: Sequence[ComparedElement], is_complete: bool) -> list[str]:
    """Where links lead; with `is_complete` also bold and the like, or a label for none of these."""
    labels = []
    for mark in marks:
        if mark.name == "a":
            labels.append(gettext("link to %s") % mark.get("href"))
            if title := mark.get("title"):
                labels.append(gettext("title of the link: %s") % title)
        elif is_complete:
            labels.append(str(MARKS.get(mark.name, mark.name)))
    return labels or ([gettext("plain")] if is_complete else [])


def shown(text: str) -> str:
    """A word; a character without a shape by its name."""
    if text == LINE_BREAK:
        return "↵"
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else f"[{unicodedata.name(char, f'U+{ord(char):04X}').lower()}]"
        for char in text
    )
