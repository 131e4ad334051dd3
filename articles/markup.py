"""Rich text: what may stand in it, and how it is rendered. The only user of mark_safe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape, unescape
from typing import Any, NamedTuple

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .clean_text import strip_control_characters

# What the editor offers is what the cleaner keeps.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "ListItem": True,
    "BulletList": True,
    "OrderedList": True,
    "Blockquote": True,
    "NodeClass": {
        "cssClasses": {
            "blockquote": {
                "title": _("Quotation"),
                "cssClasses": [{"className": "callout", "title": _("as an important box")}],
            }
        }
    },
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "History": True,
}
TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "hr", "br", "strong", "em", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# Cleaning takes time that grows with the square of the depth.
DEEPEST = 50
# Elements that end by themselves: only others that they stand in make them deeper.
_ENDED_BY_PARSER = {
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
}  # fmt: skip
# Comments, then tags. Each alternative also matches at the end of the text, so no search fails.
_token = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*
    |<(?P<end>/?)(?P<name>[a-z][^\s/>]*)
     (?P<attributes>(?:=\s*"[^"]*(?:"|\Z)|=\s*'[^']*(?:'|\Z)|[^>])*)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_INLINE = {"strong", "em", "a"}
_block_edge = re.compile(rf"</?(?:{'|'.join(sorted(TAGS - _INLINE))})\b[^>]*>")
_quote_edge = re.compile(r'<blockquote(?: class="(callout)?")?>|</blockquote>')
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={
        "a": {"href", "title"},
        "ol": {"start"},
        "th": {"colspan", "rowspan"},
        "td": {"colspan", "rowspan"},
    },
    allowed_classes={"blockquote": {"callout"}},
    attribute_filter=lambda tag, name, value: value or None,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


_json = json.JSONEncoder(ensure_ascii=False).encode


class Rendered(NamedTuple):
    html: str
    contents: list[dict[str, Any]]


def check_depth(html: str) -> None:
    """Raise ValidationError if elements stand in each other more than DEEPEST times.

    Whatever is not nested properly counts as never closed.
    """
    open_elements: list[str] = []
    for token in _token.finditer(html):
        name = (token["name"] or "").lower()
        if token["end"]:
            if open_elements and open_elements[-1] == name:
                open_elements.pop()
            continue
        if name and name not in _ENDED_BY_PARSER:
            open_elements.append(name)
        open_elements += ["?"] * (token["attributes"] or "").count("<")
        if len(open_elements) > DEEPEST:
            raise ValidationError(
                _(
                    "Lists, tables or quotations stand in each other more than %(deepest)s times,"
                    " or are not closed. Make the text flatter."
                ),
                code="too_deep",
                params={"deepest": DEEPEST},
            )


def sanitise(html: str) -> str:
    """`html` reduced to the tags above; scripts, styles and foreign attributes are gone.

    Raise ValidationError if it is nested too deeply.
    """
    check_depth(html)
    return strip_control_characters(_cleaner.clean(strip_control_characters(html))).strip()


def blocks(html: str) -> list[str]:
    """The words of each paragraph, heading, list item and table cell."""
    texts = (" ".join(unescape(strip_tags(part)).split()) for part in _block_edge.split(html))
    return [text for text in texts if text]


def plain_text(html: str) -> str:
    """The words of `html` alone, for search, summaries and counting."""
    return " ".join(blocks(html))


def render(body: str) -> Rendered:
    """Sanitised `body` as it stands on the page: headings with anchors, callouts as notes.

    An anchor follows from the heading's words alone, so links to it survive
    any change elsewhere in the text.
    """
    contents: list[dict[str, Any]] = []
    taken: set[str] = set()
    open_quotes: list[str] = []

    def anchor(match: re.Match[str]) -> str:
        level, inner = match[1], match[2]
        text = plain_text(inner)
        if not text:
            return ""
        base = slugify(text) or slugify(text, allow_unicode=True) or "section"
        name, n = base, 2
        while name in taken:
            name, n = f"{base}-{n}", n + 1
        taken.add(name)
        contents.append({"level": int(level), "anchor": name, "text": text})
        return f'<h{level} id="{name}">{inner}</h{level}>'

    def quote(match: re.Match[str]) -> str:
        if match[0].startswith("</"):
            return f"</{open_quotes.pop()}>"
        if match[1]:
            open_quotes.append("div")
            return '<div class="callout" role="note">'
        open_quotes.append("blockquote")
        return "<blockquote>"

    html = re.sub(r"<h([23])>(.*?)</h\1>", anchor, body, flags=re.DOTALL)
    html = _quote_edge.sub(quote, html)
    # Keyboards must reach what scrolls, and screen readers must have a name for it.
    label = gettext("Table")
    region = f'<div class="table-scroll" role="region" aria-label="{label}" tabindex="0">'
    html = html.replace("<table>", f"{region}<table>")
    html = html.replace("</table>", "</table></div>")
    return Rendered(html, contents)


def trusted(rendered: str) -> SafeString:
    """Mark what `render` made of sanitised text, or what we wrote, as safe for templates."""
    return mark_safe(rendered)  # noqa: S308


def fill(html: str, rows: Iterable[dict[str, str]]) -> SafeString:
    """`html` once for each of `rows`, which fill its `%(names)s`: texts escaped, safe ones as is.

    What `format_html_join` does, with less work.
    """
    filled = [
        html
        % {
            name: value if isinstance(value, SafeString) else escape(value)
            for name, value in row.items()
        }
        for row in rows
    ]
    # As `mark_safe` does, which first asks whether it is lazy.
    return SafeString("".join(filled))


def json_ld(data: Any) -> SafeString:
    """`data` as a JSON-LD data block; nothing in it can end the element or start another."""
    text = _json(data)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
