"""The paragraphs, headings, lists and tables of a document, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .document import PartKind
from .html_tree import BLOCK_TAGS, HtmlElement
from .inline import Reader, Run, left_out_as, note_as, runs_to_html
from .lists import Item, list_level_of, without_marker

_check_box = re.compile(r"^\s*(?:[☐☑☒✓✔]|\[[ xX]\])\s+")
_tick = re.compile(r"\s*(?:[☑☒]|\[[xX]\])\s")
_heading = re.compile(r"h[1-6]")
_levels = {"1", "2", "3", "4", "5", "6"}
_span = re.compile(r"[0-9]{1,3}")
_named_list = re.compile(r"lst-(?P<name>\w+)-(?P<level>\d)\b")
# A picture before a heading, with the number that may follow it: the heading says it in words.
_signs = re.compile(
    "\\A\\s*(?:[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?\u200d?\\s*)+(?:\\d{1,2}[.)]\\s+)?"
)
TITLE_LEVEL = 0


class Heading(NamedTuple):
    """`level` is that of the document: 1 to 6, or TITLE_LEVEL."""

    level: int
    html: str
    text: str


class Paragraph(NamedTuple):
    """`size` is that of all its letters in pixels, 0 if unknown."""

    html: str
    text: str
    is_bold: bool = False
    size: float = 0


class Table(NamedTuple):
    """Cells are attributes and HTML; the first row holds headers if `has_header`."""

    rows: list[list[tuple[str, str]]]
    has_header: bool


class Quote(NamedTuple):
    blocks: list[Any]
    classes: str = ""


class Rule(NamedTuple):
    pass


type ImportedBlock = Heading | Paragraph | Item | Table | Quote | Rule


class BlockReader:
    """Reads a tree into blocks; `words.left_out` holds what is no part of them."""

    def __init__(self) -> None:
        self.words = Reader()

    def read(self, node: HtmlElement, level: int = -1) -> Iterator[ImportedBlock]:
        """The blocks inside a container. `level` is that of the list in which it stands."""
        loose: list[HtmlElement | str] = []
        for child in node.children:
            if isinstance(child, str) or not (
                child.name in BLOCK_TAGS | {"hr"} or child.has_blocks
            ):
                loose.append(child)
                continue
            yield from self._paragraphs(loose, node)
            loose = []
            yield from self._block(child, level)
        yield from self._paragraphs(loose, node)

    def _block(self, node: HtmlElement, level: int) -> Iterator[ImportedBlock]:
        self.words.begin_block()
        if kind := left_out_as(node) or note_as(node):
            self.words.leave_out(kind, node.text)
            return
        match node.name:
            case "hr":
                yield Rule()
            case "ul" | "ol" | "dir" | "menu":
                yield from self._list(node, level + 1)
            case "li":
                # A list that nobody opened.
                yield from self._items(node, level + 1, is_ordered=False, key="open")
            case "table":
                yield from self._table(node)
            case "blockquote":
                blocks = list(self.read(node))
                if blocks:
                    yield Quote(blocks, node.get("class"))
            case name if _heading.fullmatch(name):
                yield from self._heading(node, int(name[1]))
            case "p" | "dt" | "summary" | "caption" | "figcaption" if not node.has_blocks:
                yield from self._paragraph(node)
            case _:
                yield from self.read(node, level)

    def _paragraph(self, node: HtmlElement) -> Iterator[ImportedBlock]:
        classes = node.get("class").lower().split()
        if "msotitle" in classes or "title" in classes:
            yield from self._heading(node, TITLE_LEVEL)
        elif node.get("role") == "heading":
            level = node.get("aria-level")
            yield from self._heading(node, int(level) if level in _levels else 2)
        elif place := list_level_of(node):
            marker, rest = without_marker(node)
            html = runs_to_html(self._runs(rest))
            if html:
                yield Item(place.level, place.is_ordered(marker), html, place.key, marker)
        else:
            runs = self._runs(node.children, self.words.look(node))
            yield from self._paragraphs_of(runs, is_bold_name=node.name == "dt")

    def _paragraphs(
        self, nodes: list[HtmlElement | str], inside: HtmlElement
    ) -> Iterator[Paragraph]:
        yield from self._paragraphs_of(self._runs(nodes, self.words.look(inside)))

    def _paragraphs_of(self, runs: list[Run], *, is_bold_name: bool = False) -> Iterator[Paragraph]:
        """Inline content; an empty line in it ends a paragraph."""
        part: list[Run] = []
        for run in runs:
            if run.text == "\n" and part and part[-1].text == "\n":
                yield from _paragraph_of(part, is_bold_name=is_bold_name)
                part = []
            elif run.text.strip(" ") or not part or part[-1].text != "\n":
                part.append(run)
        yield from _paragraph_of(part, is_bold_name=is_bold_name)

    def _runs(self, nodes: list[HtmlElement | str], look: Run = Run("")) -> list[Run]:  # noqa: B008
        return [run for node in nodes for run in self.words.runs(node, look)]

    def _heading(self, node: HtmlElement, level: int) -> Iterator[Heading]:
        runs = _without_signs(self._runs(node.children))
        html = runs_to_html(runs, is_heading=True)
        if html:
            yield Heading(level, html, " ".join("".join(run.text for run in runs).split()))

    def _list(self, node: HtmlElement, level: int) -> Iterator[ImportedBlock]:
        is_ordered, key = node.name == "ol", f"list-{id(node)}"
        if named := _named_list.search(node.get("class")):
            # Google Docs writes an inner list of a file as one of its own.
            level, key = int(named["level"]), named["name"]
        for child in node.children:
            if isinstance(child, str):
                continue
            if child.name in ("ul", "ol", "dir", "menu"):
                # Google Docs puts inner lists beside the item to which they belong.
                yield from self._list(child, level + 1)
            elif kind := left_out_as(child) or note_as(child):
                self.words.leave_out(kind, child.text)
            else:
                yield from self._items(child, level, is_ordered=is_ordered, key=key)

    def _items(
        self, node: HtmlElement, level: int, *, is_ordered: bool, key: str
    ) -> Iterator[ImportedBlock]:
        """An item's own paragraphs as one item, then the lists and tables inside it."""
        if node.get("aria-checked") == "true" or _tick.match(node.text):
            self.words.leave_out(PartKind.TICK, _check_box.sub("", node.text))
        own: list[str] = []
        inner: list[ImportedBlock] = []
        for block in self.read(node, level):
            match block:
                case Paragraph() | Heading() if not inner:
                    own.append(_check_box.sub("", block.html))
                case _:
                    inner.append(block)
        if own:
            html = own[0] if len(own) == 1 else "".join(f"<p>{each}</p>" for each in own)
            yield Item(level, is_ordered, html, key)
        yield from inner

    def _table(self, node: HtmlElement) -> Iterator[ImportedBlock]:
        rows = [cells for cells in map(_cells, _rows(node)) if cells]
        if _is_frame(node, rows):
            for cell in (cell for row in rows for cell in row):
                yield from self.read(cell)
        elif rows:
            read = [[self._cell(cell) for cell in row] for row in rows]
            has_header = len(rows) > 1 and (_is_head(node, rows[0]) or _is_all_bold(read[0]))
            yield Table([[(spans, html) for spans, html, _bold in row] for row in read], has_header)

    def _cell(self, cell: HtmlElement) -> tuple[str, str, bool]:
        """Attributes, HTML, and whether all of it is bold."""
        spans = "".join(
            f' {name}="{value}"'
            for name in ("colspan", "rowspan")
            if _span.fullmatch(value := cell.get(name)) and int(value) > 1
        )
        self.words.begin_block()
        lines, is_bold = [], []
        for block in self.read(cell):
            match block:
                case Paragraph():
                    lines.append(block.html)
                    is_bold.append(block.is_bold)
                case Heading():
                    lines.append(block.html)
                    is_bold.append(True)
                case Item():
                    lines.append(f"• {block.html}")
                    is_bold.append(False)
                case _:
                    lines += _flat(block)
        return spans, "<br>".join(lines), bool(lines) and all(is_bold)


def _without_signs(runs: list[Run]) -> list[Run]:
    match runs:
        case [first, *others]:
            return [first._replace(text=_signs.sub("", first.text)), *others]
    return runs


def _rows(table: HtmlElement) -> list[HtmlElement]:
    """Its own rows, not those of tables inside of it."""
    parts = [each for each in table.children if isinstance(each, HtmlElement)]
    groups = [
        part.children if part.name in ("tbody", "thead", "tfoot") else [part] for part in parts
    ]
    return [
        row for rows in groups for row in rows if isinstance(row, HtmlElement) and row.name == "tr"
    ]


def _is_frame(table: HtmlElement, rows: list[list[HtmlElement]]) -> bool:
    """Whether a table is no table, but a box around words or the frame of a page."""
    filled = [[cell for cell in row if cell.text.strip()] for row in rows]
    if len(rows) == 1 and len(rows[0]) == 1:
        return True
    inner = [each.name for row in rows for cell in row for each in cell.elements()]
    holds_page = any(_heading.fullmatch(name) or name in ("table", "hr") for name in inner)
    is_named = "th" in [cell.name for row in rows for cell in row]
    return table.get("role") == "presentation" or (
        not is_named
        and (
            holds_page
            or (len(rows) == 1 and any(name in BLOCK_TAGS for name in inner))
            or all(len(row) < 2 for row in filled)
        )
    )


def _cells(row: HtmlElement) -> list[HtmlElement]:
    elements = [each for each in row.children if isinstance(each, HtmlElement)]
    return [each for each in elements if each.name in ("td", "th")]


def _is_head(table: HtmlElement, first: list[HtmlElement]) -> bool:
    head = next((each for each in table.elements() if each.name == "thead"), None)
    return all(cell.name == "th" for cell in first) or (head is not None and bool(_rows(head)))


def _is_all_bold(cells: list[tuple[str, str, bool]]) -> bool:
    filled = [is_bold for _spans, html, is_bold in cells if html]
    return bool(filled) and all(filled)


def _flat(block: ImportedBlock) -> list[str]:
    """The words of what may not stand in a cell."""
    match block:
        case Table():
            return [" ".join(html for _a, html in row) for row in block.rows]
        case Quote():
            return [line for inner in block.blocks for line in _flat(inner)]
        case Rule():
            return []
        case _:
            return [block.html]


def _paragraph_of(runs: list[Run], *, is_bold_name: bool = False) -> Iterator[Paragraph]:
    html = runs_to_html(runs)
    if html:
        words = [run for run in runs if run.text.strip()]
        text = " ".join("".join(run.text for run in runs).split())
        sizes = {run.size for run in words}
        size = sizes.pop() if len(sizes) == 1 else 0
        yield Paragraph(html, text, is_bold_name or all(run.bold for run in words), size)
