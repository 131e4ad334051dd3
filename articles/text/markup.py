"""Rich text: which elements it may hold and how it is rendered. The only user of mark_safe."""

from __future__ import annotations

import json
import re
from html import escape, unescape
from typing import Any, NamedTuple

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.pictures.figures import render_figures, tidy_figures

from .clean_text import clean_text
from .language_marks import with_languages, without_mark
from .tables import with_headers

# The table's tools stand last: no others move when the cursor enters a table.
MENU_GROUPS = ("marks", "lists", "link", "nodes -blockType -lists", "history", "table")
# The editor offers exactly the elements that the cleaner keeps (TAGS).
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3, 4]},
    "ListItem": True,
    "BulletList": True,
    "OrderedList": True,
    "Blockquote": True,
    "NodeClass": {"cssClasses": {"blockquote": {"cssClasses": ["callout", "urgent"]}}},
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel", "sms"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Image": True,
    "Figure": True,
    "Caption": True,
    "History": True,
    # Headings and boxes are chosen from lists that `toolbar.js` puts before these.
    "Menu": {"groups": [{"group": name} for name in MENU_GROUPS]},
    # Spelling is checked.
    "NoSpellCheck": False,
}
TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "hr", "br", "strong", "em", "a",
    "table", "thead", "tbody", "tr", "th", "td", "sub", "sup",
    "figure", "img", "figcaption",
}  # fmt: skip
CALL_ROW, CALL_BUTTON = '<p class="actions">', "button button--primary"
URGENT_BOX = '<div class="callout callout--urgent" role="note">'
# Cleaning takes quadratic time in the depth.
MAX_DEPTH = 50
# Elements that the parser closes by itself, so they cannot nest without others around them.
_CLOSED_BY_PARSER = {
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
}  # fmt: skip
# Comments, then tags. Each also matches unclosed at the end of the text, so it never backtracks.
_token = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*
    |<(?P<end>/?)(?P<name>[a-z][^\s/>]*)
     (?P<attributes>(?:=\s*"[^"]*(?:"|\Z)|=\s*'[^']*(?:'|\Z)|[^>])*)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_INLINE = {"strong", "em", "a", "sub", "sup"}
_block_edge = re.compile(rf"</?(?:{'|'.join(sorted(TAGS - _INLINE))})\b[^>]*>")
_quote_edge = re.compile(r'<blockquote(?: class="(callout|urgent)?")?>|</blockquote>')
_heading = re.compile(r"<h([2-4])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_anchored_heading = re.compile(r"<h[2-4] id=[^>]*>(.*?)</h[2-4]>", re.DOTALL)
_table = re.compile(r"<table>(?:(?!<table>).)*?</table>", re.DOTALL)
_quotation = re.compile(r"<blockquote(?! class=\"(?:callout|urgent)\").*?</blockquote>", re.DOTALL)
_div_edge = re.compile(r"<(/?)div\b[^>]*>")
# A paragraph that holds nothing but numbers to call or text.
_call_row = re.compile(r'<p>((?:\s*<a href="(?:tel|sms):[^"]*">[^<]*</a>)+)\s*</p>')
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={
        "a": {"href", "title"},
        "ol": {"start"},
        "th": {"colspan", "rowspan"},
        "td": {"colspan", "rowspan"},
        "img": {"src", "alt"},
    },
    allowed_classes={"blockquote": {"callout", "urgent"}},
    # A picture that only decorates has an empty text in its place.
    attribute_filter=lambda tag, name, value: value if value or name == "alt" else None,
    url_schemes={"http", "https", "mailto", "tel", "sms"},
    link_rel=None,
)


class Rendered(NamedTuple):
    html: str
    contents: list[dict[str, Any]]


def check_depth(html: str, deepest: int = MAX_DEPTH) -> None:
    """Raise ValidationError if elements are nested more than `deepest` times.

    An element that is not closed in order counts as never closed.
    """
    open_elements: list[str] = []
    for token in _token.finditer(html):
        name = (token["name"] or "").lower()
        if token["end"]:
            if open_elements and open_elements[-1] == name:
                open_elements.pop()
            continue
        if name and name not in _CLOSED_BY_PARSER:
            open_elements.append(name)
        open_elements += ["?"] * (token["attributes"] or "").count("<")
        if len(open_elements) > deepest:
            raise ValidationError(
                _(
                    "Lists, tables or quotations stand in each other more than %(deepest)s times,"
                    " or are not closed. Make the text flatter."
                ),
                code="too_deep",
                params={"deepest": deepest},
            )


def sanitise(html: str) -> str:
    """Remove all elements but TAGS, and all attributes that the cleaner does not allow.

    Raise ValidationError if `html` is nested too deeply.
    """
    check_depth(html)
    cleaned = tidy_figures(_cleaner.clean(clean_text(html)), _cleaner.clean)
    return clean_text(cleaned).strip()


def blocks(html: str) -> list[str]:
    """The text of each paragraph, heading, list item and table cell."""
    texts = (" ".join(unescape(strip_tags(part)).split()) for part in _block_edge.split(html))
    return [without_mark(text) for text in texts if text]


def own_blocks(html: str) -> list[str]:
    """The same without quotations: what somebody else said is theirs."""
    return blocks(_quotation.sub("", html))


def running_text(html: str) -> list[str]:
    """The same as `blocks` without headings, which are no sentences."""
    return blocks(_heading.sub("", html))


def plain_text(html: str) -> str:
    """The text of `html`, for search and for counting words."""
    return " ".join(blocks(html))


def render(body: str) -> Rendered:
    """Render sanitised `body` for the page.

    Headings get anchors, callouts become notes, paragraphs of numbers become rows of buttons, and
    marks of a language become attributes.
    """
    anchors = _Anchors()
    html = _heading.sub(anchors.add, with_languages(body))
    html = _quote_edge.sub(_Quotes().edge, html)
    html = _call_row.sub(_row_of_buttons, html)
    return Rendered(_with_table_regions(render_figures(html)), anchors.contents)


class _Anchors:
    """An anchor depends on its heading's text alone, so links survive changes elsewhere."""

    def __init__(self) -> None:
        self.contents: list[dict[str, Any]] = []
        self._taken: set[str] = set()

    def add(self, match: re.Match[str]) -> str:
        level, language, inner = match[1], match[2], match[3]
        text = plain_text(inner)
        if not text:
            return ""
        base = slugify(text) or slugify(text, allow_unicode=True) or "section"
        name, n = base, 2
        while name in self._taken:
            name, n = f"{base}-{n}", n + 1
        self._taken.add(name)
        self.contents.append({"level": int(level), "anchor": name, "text": text})
        return f'<h{level} id="{name}"{language}>{inner}</h{level}>'


class _Quotes:
    """Quotations and callouts; both are blockquotes in the body."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def edge(self, match: re.Match[str]) -> str:
        if match[0].startswith("</"):
            return f"</{self._open.pop()}>"
        if match[1]:
            self._open.append("div")
            return URGENT_BOX if match[1] == "urgent" else '<div class="callout" role="note">'
        self._open.append("blockquote")
        return "<blockquote>"


def _row_of_buttons(match: re.Match[str]) -> str:
    # A number never breaks.
    label = r"\1<span>\2<bdi>\3</bdi>\4</span>"
    row = re.sub(r"(<a [^>]*>)([^<]*?)(\d[\d-]*)([^<]*)", label, match[1])
    return CALL_ROW + row.replace("<a ", f'<a class="{CALL_BUTTON}" ') + "</p>"


def _with_table_regions(html: str) -> str:
    # A scrolling region must be focusable for keyboards and named for screen readers.
    label = gettext("Table")
    # Who goes from table to table hears the heading that each stands under.
    headings = [
        (match.start(), escape(plain_text(match[1]))) for match in _anchored_heading.finditer(html)
    ]

    def region(match: re.Match[str]) -> str:
        table, is_stacked = with_headers(match[0])
        before = [words for place, words in headings if place < match.start()]
        if before:
            caption = f'<caption class="visually-hidden">{before[-1]}</caption>'
            table = table.replace("<table>", f"<table>{caption}", 1)
        classes = "table-scroll stacks" if is_stacked else "table-scroll"
        return (
            f'<div class="{classes}" role="region" aria-label="{label}" tabindex="0">{table}</div>'
        )

    return _table.sub(region, html)


def begins_with_numbers(rendered: str) -> bool:
    """Whether the text begins with numbers to call, so that nothing may stand before or hide it."""
    return rendered.startswith(CALL_ROW)


def split_urgent(rendered: str) -> tuple[str, str]:
    """The urgent box with which the text begins, if it does, and the rest."""
    if rendered.startswith(URGENT_BOX):
        depth = 0
        for edge in _div_edge.finditer(rendered):
            depth += -1 if edge[1] else 1
            if not depth:
                return rendered[: edge.end()], rendered[edge.end() :]
    return "", rendered


def trusted(rendered: str) -> SafeString:
    """Mark the output of `render`, or text of our own, as safe HTML."""
    return mark_safe(rendered)  # noqa: S308


def json_ld(data: Any) -> SafeString:
    """`data` as a JSON-LD script element, escaped so that no value can close it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return format_html('<script type="application/ld+json">{}</script>', trusted(text))
