"""Foreign HTML as a tree of elements, without what no reader sees."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import nh3

from articles.text.markup import check_depth

from . import style_sheets

INLINE_TAGS = {
    "a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
    "u", "var", "label", "big",
}  # fmt: skip
EMBEDDED = {
    "iframe", "video", "audio", "object", "embed", "form", "svg", "math", "button", "select",
    "textarea",
}  # fmt: skip
BLOCK_TAGS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "figure", "figcaption",
    "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre",
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "details", "summary",
    "address", "center", "nav", "fieldset", "dir", "menu",
}  # fmt: skip
# Word processors close little in order, which counts as depth; cleaning takes quadratic time in it.
MAX_IMPORT_DEPTH = 2000
VOID_TAGS = {"br", "hr", "img", "input"}
_cleaner = nh3.Cleaner(
    tags=INLINE_TAGS | BLOCK_TAGS | VOID_TAGS | EMBEDDED,
    clean_content_tags={"script", "style", "head", "title", "template", "noscript"},
    attributes={
        "*": {
            "style",
            "class",
            "id",
            "name",
            "role",
            "aria-level",
            "aria-checked",
            "title",
            "hidden",
        },
        "a": {"href"},
        "font": {"size"},
        "img": {"src", "alt"},
        "input": {"type", "checked"},
        "ol": {"start", "type"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    generic_attribute_prefixes={"data-"},
    # Addresses that run something are seen here, to be told of; no link keeps them.
    url_schemes={"http", "https", "mailto", "tel", "sms", "file", "javascript", "vbscript", "data"},
    link_rel=None,
)


class HtmlElement:
    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[HtmlElement | str] = []

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def styles(self) -> dict[str, str]:
        """Its own style, by property; names and values in lower case."""
        pairs = (part.partition(":") for part in self.get("style").lower().split(";"))
        return {name.strip(): value.strip() for name, _colon, value in pairs}

    @property
    def has_blocks(self) -> bool:
        return any(child.name in BLOCK_TAGS or child.name == "hr" for child in self.elements())

    def elements(self) -> Iterator[HtmlElement]:
        """All elements inside, in the order of the document."""
        for child in self.children:
            if isinstance(child, HtmlElement):
                yield child
                yield from child.elements()

    @property
    def text(self) -> str:
        parts = (each if isinstance(each, str) else each.text for each in self.children)
        return (" " if self.name in BLOCK_TAGS or self.name == "br" else "") + "".join(parts)


class _Builder(HTMLParser):
    """Builds the tree of well-formed HTML."""

    def __init__(self, sheet: style_sheets.StyleSheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.open = [HtmlElement("div", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = HtmlElement(tag, {name: value or "" for name, value in attrs})
        if style := self.sheet.style_of(tag, element.get("class")):
            element.attributes["style"] = f"{style};{element.get('style')}"
        self.open[-1].children.append(element)
        if tag not in VOID_TAGS and tag != "embed":
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID_TAGS and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse_html(html: str) -> HtmlElement:
    """Raise ValidationError if elements stand too deep in each other."""
    check_depth(html, MAX_IMPORT_DEPTH)
    builder = _Builder(style_sheets.read_style_sheet(html))
    builder.feed(_cleaner.clean(html))
    builder.close()
    return builder.open[0]
