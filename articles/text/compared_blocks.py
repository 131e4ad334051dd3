"""HTML as a list of blocks that holds everything a reader could notice, and nothing else.

A block is a run of words with the elements that it stands in. Two texts with equal blocks look the
same; the spelling of the HTML, such as two bold elements beside each other instead of one, makes no
difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from articles.pictures.addresses import parse_src

MARKS_AND_LINKS = {"strong", "em", "a", "sub", "sup", "span", "bdi", "b", "i"}
EMPTY_ELEMENTS = {"br", "hr"}
LINE_BREAK = "\n"
_collapsing = re.compile(r"[ \t\r\n\f]+")
# Numbers to call and web addresses are one word.
_word = re.compile(r"[\w’']+(?:[-.:/,@&]+[\w’']+)*|.", re.DOTALL)


class ComparedElement(NamedTuple):
    name: str
    attributes: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return dict(self.attributes).get(name, "")


PARAGRAPH = ComparedElement("p")
HOLD_TEXT = {"li", "td", "th"}


class ComparedWord(NamedTuple):
    text: str
    marks: tuple[ComparedElement, ...] = ()
    is_glued: bool = False  # whether it follows the word before without a space
    begins_link: bool = False


class ComparedBlock(NamedTuple):
    path: tuple[ComparedElement, ...]
    words: tuple[ComparedWord, ...]
    # How many elements of the path also hold the block before: a list, or another list after it.
    shared: int = 0


class _Run(NamedTuple):
    text: str
    marks: tuple[ComparedElement, ...]
    link: int


class _Reader(HTMLParser):
    """Reads well-formed HTML, as the cleaner and the renderer write it."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[ComparedBlock] = []
        self.count = 0
        self.path: list[tuple[ComparedElement, int]] = []
        self.marks: list[tuple[ComparedElement, int]] = []
        self.runs: list[_Run] = []
        self.before: list[int] = []  # the elements around the block before, as far as noticed
        self.filled: set[int] = set()  # elements that hold a block
        self.seen_links: set[int] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.runs.append(_Run(LINE_BREAK, (), 0))
            return
        self.count += 1
        element = ComparedElement(tag, tuple(sorted((name, value or "") for name, value in attrs)))
        if tag == "img":
            self.add_picture(element)
            return
        if tag in MARKS_AND_LINKS:
            self.marks.append((element, self.count))
            return
        self.end_block()
        self.path.append((element, self.count))
        if tag in EMPTY_ELEMENTS:
            self.close_element()

    def add_picture(self, element: ComparedElement) -> None:
        """What it shows is compared by the word, its file by the beginning of its name."""
        address = parse_src(element.get("src"))
        file = address.digest[:8] if address else ""
        self.end_block()
        self.path.append((ComparedElement("img", (("file", file),)), self.count))
        self.handle_data(element.get("alt"))
        self.end_block()
        self.close_element()

    def handle_endtag(self, tag: str) -> None:
        if tag in MARKS_AND_LINKS:
            places = (n for n in reversed(range(len(self.marks))) if self.marks[n][0].name == tag)
            if (place := next(places, None)) is not None:
                del self.marks[place]
        elif tag not in EMPTY_ELEMENTS and self.path:
            self.end_block()
            self.close_element()

    def close_element(self) -> None:
        """An element that holds nothing is a block of its own: an empty cell, a line."""
        if self.path[-1][1] not in self.filled:
            self.add_block(())
        self.path.pop()

    def handle_data(self, data: str) -> None:
        text = _collapsing.sub(" ", data)
        marks = tuple(sorted({element for element, _number in self.marks}))
        link = next((number for element, number in self.marks if element.name == "a"), 0)
        if self.runs and self.runs[-1][1:] == (marks, link):
            text = self.runs.pop().text + text
        self.runs.append(_Run(text, marks, link))

    def end_block(self) -> None:
        words = tuple(self.words())
        self.runs.clear()
        if words:
            self.add_block(words)

    def add_block(self, words: tuple[ComparedWord, ...]) -> None:
        self.filled.update(number for _element, number in self.path)
        path = list(self._noticed_path())
        numbers = [number for _element, number in path]
        pairs = zip(numbers, self.before, strict=False)
        shared = next(
            (n for n, (here, before) in enumerate(pairs) if here != before),
            min(len(numbers), len(self.before)),
        )
        self.blocks.append(ComparedBlock(tuple(element for element, _ in path), words, shared))
        self.before = numbers

    def _noticed_path(self) -> Iterator[tuple[ComparedElement, int]]:
        """A paragraph of an item or cell has no margins, so that it looks like text without one."""
        outer = ""
        for element, number in self.path:
            if element != PARAGRAPH or outer not in HOLD_TEXT:
                yield element, number
            outer = element.name

    def words(self) -> list[ComparedWord]:
        words: list[ComparedWord] = []
        is_glued = False
        for run in self.runs:
            for match in _word.finditer(run.text):
                if match[0] == " ":
                    is_glued = False
                    continue
                begins_link = run.link not in self.seen_links and run.link > 0
                self.seen_links.add(run.link)
                is_break = match[0] == LINE_BREAK
                words.append(
                    ComparedWord(match[0], run.marks, is_glued and not is_break, begins_link)
                )
                is_glued = not is_break
        return words


def blocks_of(html: str) -> list[ComparedBlock]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


def compared_words(text: str) -> tuple[ComparedWord, ...]:
    """The words of plain text."""
    reader = _Reader()
    reader.handle_data(text)
    return tuple(reader.words())
