"""The words of a paragraph: bold, italic, raised, lowered, linked, or left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from .document import LeftOut, PartKind
from .html_tree import BLOCK_TAGS, EMBEDDED, HtmlElement

STRUCK = {"s", "strike", "del"}
BOLD_FROM = 600
# Letters before something that was left out, by which an editor finds the place.
MOST_BEFORE = 60
_struck_style = re.compile(r"line-through")
_underlined_style = re.compile(r"text-decoration(?:-line)?:[^;]*\bunderline")
_note_reference = re.compile(
    r"#_?(?P<kind>ftn|ftnt|edn|fn|footnote|endnote|note|msocom|cmnt|comment)[-_:]?\d", re.IGNORECASE
)
_note = re.compile(
    r"#_?(?P<kind>ftn|ftnt|edn|fn|footnote|endnote|note|msoanchor|cmnt|comment)[-_]?ref[-_:]?\d"
    r"|#_(?P<anchor>msoanchor)",
    re.IGNORECASE,
)
_note_id = re.compile(
    r"_?(?P<kind>ftn|ftnt|edn|fn|footnote|endnote|comment|cmnt)[-:]?\d+", re.IGNORECASE
)
_comments = {"msocom", "cmnt", "comment", "msoanchor"}
_phone = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}|911|988")
_domain = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_file = re.compile(r"\.(?:html?|php|aspx?|jsp|docx?|pdf|txt|md|png|jpe?g|gif)", re.IGNORECASE)
_heading = re.compile(r"h[1-6]")
_no_size = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%)?")
# Words for screen readers about the page that was copied.
UNSEEN_CLASSES = {"sr-only", "visually-hidden", "screen-reader-text"}
_parts = {"h1", "h2", "h3", "p", "ul", "ol"}
_running = ("javascript:", "vbscript:", "data:")
_size = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>px|pt|em|rem|%)")
_pixels = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}
# Of <font size="1"> to <font size="7">.
_font_sizes = (10, 13, 16, 18, 24, 32, 48)
_addresses = ("http://", "https://", "mailto:", "tel:", "sms:")


class Run(NamedTuple):
    """Words with the same look. A line break is a run of "\\n"."""

    text: str
    bold: bool = False
    italic: bool = False
    script: str = ""
    href: str = ""
    size: float = 0
    underlined: bool = False


class Reader:
    """Reads inline content, and keeps what it left out."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self._before = ""

    def leave_out(self, kind: PartKind, text: str) -> None:
        text = " ".join(text.split())
        if text or kind in (PartKind.PICTURE, PartKind.EMBEDDED, PartKind.TICK):
            self.left_out.append(LeftOut(kind, text[:300], _last_words(self._before)))

    def begin_block(self) -> None:
        self._before += " "

    def runs(self, node: HtmlElement | str, look: Run = Run("")) -> Iterator[Run]:  # noqa: B008
        if isinstance(node, str):
            text = re.sub(r"\s+", " ", node)
            if look.underlined and not look.href:
                self.leave_out(PartKind.UNDERLINE, text)
            self._before = (self._before + text)[-200:]
            yield look._replace(text=text)
            return
        if node.name == "br":
            yield look._replace(text="\n")
            return
        if kind := left_out_as(node):
            self.leave_out(kind, node.get("alt") if node.name == "img" else node.text)
            return
        look = self.look(node, look)
        edge = " " if node.name in BLOCK_TAGS else ""
        if edge:
            yield look._replace(text=edge)
        for child in node.children:
            yield from self.runs(child, look)
        if edge:
            yield look._replace(text=edge)

    def look(self, node: HtmlElement, look: Run = Run("")) -> Run:  # noqa: B008
        styles = node.styles
        look = look._replace(underlined=look.underlined or _is_underlined(node))
        weight = styles.get("font-weight", "")
        if weight:
            is_bold = weight in ("bold", "bolder") or (
                weight.isdigit() and int(weight) >= BOLD_FROM
            )
            look = look._replace(bold=is_bold)
        elif node.name in ("b", "strong"):
            look = look._replace(bold=True)
        slant = styles.get("font-style", "")
        if slant:
            look = look._replace(italic=slant in ("italic", "oblique"))
        elif node.name in ("i", "em", "cite", "dfn"):
            look = look._replace(italic=True)
        raised = {"super": "sup", "sub": "sub"}.get(styles.get("vertical-align", ""), "")
        if raised or node.name in ("sub", "sup"):
            look = look._replace(script=raised or node.name)
        if size := size_of(node):
            look = look._replace(size=size)
        if node.name == "a" and (written := node.get("href").strip()):
            href = address(written)
            if written.lower().startswith(_running):
                self.leave_out(PartKind.SCRIPT, node.text)
            elif not href:
                self.leave_out(PartKind.LINK, f"{node.text} ({written})")
            look = look._replace(href=href)
        return look


def _is_underlined(node: HtmlElement) -> bool:
    return node.name == "u" or bool(_underlined_style.search(node.get("style").lower()))


def size_of(node: HtmlElement) -> float:
    """The size of letters in pixels that an element sets, or 0."""
    if found := _size.fullmatch(node.styles.get("font-size", "")):
        return float(found["number"]) * _pixels[found["unit"]]
    named = node.get("size")
    is_known = node.name == "font" and named in ("1", "2", "3", "4", "5", "6", "7")
    return _font_sizes[int(named) - 1] if is_known else 0


def _last_words(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_BEFORE else text[-MOST_BEFORE:].partition(" ")[2]


def left_out_as(node: HtmlElement) -> PartKind | None:
    """The kind under which an element is left out, with all that it holds."""
    styles, classes, href = node.styles, node.get("class").lower(), node.get("href")
    if node.name in ("img", "svg"):
        return PartKind.PICTURE
    if node.name in EMBEDDED and not _is_page(node):
        return PartKind.EMBEDDED
    if _is_frame(node):
        return PartKind.FRAME
    if node.name in STRUCK or _struck_style.search(node.get("style").lower()):
        return PartKind.STRUCK
    if "msocommentreference" in classes or "msocomanchor" in classes:
        return PartKind.COMMENT
    is_unseen = styles.get("display") == "none" or styles.get("visibility") == "hidden"
    if (
        is_unseen
        or _no_size.fullmatch(styles.get("font-size", ""))
        or not UNSEEN_CLASSES.isdisjoint(classes.split())
        or styles.get("mso-hide") == "all"
        or "hidden" in node.attributes
        or "hiddenwords" in classes
    ):
        return PartKind.HIDDEN
    if node.name == "input" and node.get("type") == "checkbox" and "checked" in node.attributes:
        return PartKind.TICK
    if node.name == "a" and (reference := _note_reference.match(href)):
        return PartKind.COMMENT if reference["kind"].lower() in _comments else PartKind.FOOTNOTE
    return None


def _is_frame(node: HtmlElement) -> bool:
    """Whether an element is the menu, the head or the foot of a web page."""
    if node.name == "header":
        return not any(_heading.fullmatch(each.name) for each in node.elements())
    return node.name in ("nav", "footer") or node.get("role") in ("navigation", "contentinfo")


def _is_page(form: HtmlElement) -> bool:
    """Whether a form is the frame of a whole page, as some old servers write."""
    return form.name == "form" and sum(each.name in _parts for each in form.elements()) > 2


def note_as(node: HtmlElement) -> PartKind | None:
    """Whether a block is the text of a footnote or comment, by its name or its link back."""
    element = node.styles.get("mso-element", "")
    if element.startswith(("footnote", "endnote")):
        return PartKind.FOOTNOTE
    if element.startswith("comment"):
        return PartKind.COMMENT
    name = _note_id.fullmatch(node.get("id"))
    if not name and node.name in ("p", "li", "dd"):
        back = (_note.match(link.get("href")) for link in node.elements() if link.name == "a")
        name = next(filter(None, back), None)
    if not name:
        return None
    kind = name["kind"] or name["anchor"]
    return PartKind.COMMENT if kind.lower() in _comments else PartKind.FOOTNOTE


def address(written: str) -> str:
    """The address that a link leads to from a web page; empty if it leads nowhere."""
    written = _unwrapped("".join(written.split()) if written.startswith("http") else written)
    if written.lower().startswith(_addresses):
        return written
    if written.startswith("/") and not written.startswith("//"):
        return written
    if _phone.fullmatch(written):
        digits = re.sub(r"\D", "", written)
        return f"tel:{digits}" if len(digits) == 3 else f"tel:+1{digits[-10:]}"
    if "@" in written and ":" not in written and " " not in written:
        return f"mailto:{written}"
    is_file = _file.search(written.partition("/")[0] or written) and "/" not in written
    return f"https://{written}" if _domain.fullmatch(written) and not is_file else ""


def _unwrapped(href: str) -> str:
    """The address behind those by which word processors and mail programs watch readers."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    host = (parts.hostname or "").lower()
    is_google = host in ("www.google.com", "google.com") and parts.path == "/url"
    if is_google or host.endswith("safelinks.protection.outlook.com"):
        inner = parse_qs(parts.query)
        for name in ("q", "url"):
            if name in inner:
                return inner[name][0]
    return href


def runs_to_html(runs: list[Run], *, is_heading: bool = False) -> str:
    """The runs as HTML with single spaces. A heading is neither bold nor broken into lines."""
    runs = _tidied([run._replace(bold=False) for run in runs] if is_heading else runs)
    html = ""
    for href, linked in groupby(runs, key=lambda run: run.href):
        inner = "".join(_marked(run, is_heading=is_heading) for run in linked)
        html += f'<a href="{escape(href)}">{inner}</a>' if href and inner.strip() else inner
    return html


def _marked(run: Run, *, is_heading: bool) -> str:
    if run.text == "\n":
        return " " if is_heading else "<br>"
    core = run.text.strip()
    if not core:
        return run.text
    before, after = run.text[: run.text.index(core)], run.text[run.text.index(core) + len(core) :]
    html = escape(core, quote=False)
    if run.script:
        html = f"<{run.script}>{html}</{run.script}>"
    if run.italic:
        html = f"<em>{html}</em>"
    if run.bold:
        html = f"<strong>{html}</strong>"
    return before + html + after


def _look_of(run: Run) -> Run:
    """What a page shows of its look."""
    return run._replace(text="", size=0, underlined=False)


def _tidied(runs: list[Run]) -> list[Run]:
    """Join neighbours of the same look; single spaces; none at the ends or beside a line break."""
    tidy: list[Run] = []
    for run in runs:
        text = run.text.replace("\xa0", " ")
        text = text if text == "\n" else re.sub(r" +", " ", text)
        is_first = not tidy or tidy[-1].text.endswith((" ", "\n"))
        text = text.lstrip(" ") if is_first else text
        if text == "\n":
            while tidy and not tidy[-1].text.strip(" "):
                tidy.pop()
            if tidy and tidy[-1].text != "\n":
                tidy[-1] = tidy[-1]._replace(text=tidy[-1].text.rstrip(" "))
        if not text or (text == "\n" and not tidy):
            continue
        same = tidy and "\n" not in (text, tidy[-1].text) and _look_of(tidy[-1]) == _look_of(run)
        if same:
            tidy[-1] = tidy[-1]._replace(text=tidy[-1].text + text)
        else:
            tidy.append(run._replace(text=text))
    while tidy and not tidy[-1].text.strip():
        tidy.pop()
    if tidy:
        tidy[-1] = tidy[-1]._replace(text=tidy[-1].text.rstrip())
    return tidy
