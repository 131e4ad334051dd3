"""What differs between two revisions, for a template that shows and escapes it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from articles.publishing.revision import Revision
from articles.text.compared_blocks import (
    ComparedBlock,
    ComparedElement,
    ComparedWord,
    blocks_of,
    compared_words,
)

from .field_lines import field_lines
from .labels import label_of, mark_labels, shown
from .place_lines import place_lines

# Comparing takes quadratic time in what both have often.
MANY = 500
# How many blocks ahead a counterpart is searched for.
MAX_LOOKAHEAD = 20
# So many unchanged parts beside a change are not folded.
CONTEXT = 1
MIN_FOLDED = 3


type EditStep = tuple[bool, int, int, int, int]


class ChangedText(NamedTuple):
    tag: str  # "del", "ins", or "" for what is in both
    text: str
    is_apart: bool  # a space stands before it
    classes: str
    formats: list[str]

    @property
    def html(self) -> str:
        formats = format_html_join(
            "", '<span class="comparison__format"> [{}]</span>', ((each,) for each in self.formats)
        )
        text = format_html("{}{}", self.text, formats)
        if self.tag or self.classes:
            name = self.tag or "span"
            attribute = format_html(' class="{}"', self.classes) if self.classes else ""
            text = format_html("<{}{}>{}</{}>", name, attribute, text, name)
        return format_html("{}{}", " " if self.is_apart else "", text)


@dataclass
class ComparedRow:
    """A block of either revision, or of both."""

    label: str
    pieces: list[ChangedText]
    notes: list[str] = field(default_factory=list)
    number: int = 0  # of the change, from 1; 0 for a block without one

    @property
    def is_changed(self) -> bool:
        return bool(self.notes) or any(piece.tag for piece in self.pieces)


class FoldableRows(NamedTuple):
    is_folded: bool
    rows: list[ComparedRow]


class Comparison:
    def __init__(self, old: Revision, new: Revision) -> None:
        self.rows = [*_compare_fields(old, new), *compare_texts(old.body, new.body)]
        is_unchanged = not any(row.is_changed for row in self.rows)
        if is_unchanged and blocks_of(old.rendered) != blocks_of(new.rendered):
            # The site built the page of one of them before it learnt something new.
            text = gettext("The words are the same, but the two pages look different.")
            self.rows.append(ComparedRow(text, [], [gettext("Look at both previews.")]))
        for number, row in enumerate((row for row in self.rows if row.is_changed), 1):
            row.number = number

    @cached_property
    def count(self) -> int:
        return max((row.number for row in self.rows), default=0)

    @cached_property
    def parts(self) -> list[FoldableRows]:
        """The rows in order; long stretches without a change can be folded."""
        near = {
            here + step
            for here, row in enumerate(self.rows)
            if row.is_changed
            for step in range(-CONTEXT, CONTEXT + 1)
        }
        groups = groupby(enumerate(self.rows), lambda pair: pair[0] in near)
        parts = [(is_near, [row for _, row in rows]) for is_near, rows in groups]
        return [
            FoldableRows(not is_near and len(rows) >= MIN_FOLDED, rows) for is_near, rows in parts
        ]


def compare_texts(before: str, after: str) -> list[ComparedRow]:
    """Each block of two texts in HTML (sanitised) with what a reader would see change."""
    return _compare(blocks_of(before), blocks_of(after))


def _compare_fields(old: Revision, new: Revision) -> Iterator[ComparedRow]:
    for name in new.CONTENT_FIELDS:
        if name != "body":
            before, after = (_blocks(name, field_lines(getattr(each, name))) for each in (old, new))
            yield from _compare(before, after, _label(new, name))
    for name in new.PLACE_FIELDS:
        before, after = (_blocks(name, place_lines(each, name)) for each in (old, new))
        yield from _compare(before, after, _label(new, name))


def _label(revision: Revision, name: str) -> str:
    column: Any = revision._meta.get_field(name)
    return str(column.verbose_name)


def _blocks(name: str, lines: list[str]) -> list[ComparedBlock]:
    return [ComparedBlock((ComparedElement(name),), compared_words(line)) for line in lines]


def _compare(
    before: list[ComparedBlock], after: list[ComparedBlock], label: str = ""
) -> list[ComparedRow]:
    rows: list[ComparedRow] = []
    last = (-2, -2)
    for here, there in _pairs(before, after):
        old = before[here] if here is not None else None
        new = after[there] if there is not None else None
        row = _row(old, new, label)
        if here is not None and there is not None:
            follows = (here - 1, there - 1) == last
            if follows and old and new and old.path == new.path and old.shared != new.shared:
                row.notes.append(_regrouped(old, new))
            last = (here, there)
        rows.append(row)
    return rows


def _pairs(
    before: list[ComparedBlock], after: list[ComparedBlock]
) -> Iterator[tuple[int | None, int | None]]:
    """The places of blocks that belong together; None for a block without a counterpart."""
    for is_equal, a, b, c, d in _steps([x[:2] for x in before], [x[:2] for x in after]):
        if is_equal or (b - a == d - c == 1):
            yield from zip(range(a, b), range(c, d), strict=True)
            continue
        for here in range(a, b):
            ahead = range(c, min(d, c + MAX_LOOKAHEAD))
            twin = next((n for n in ahead if _are_similar(before[here], after[n])), None)
            if twin is None:
                yield here, None
                continue
            yield from ((None, n) for n in range(c, twin))
            yield here, twin
            c = twin + 1
        yield from ((None, n) for n in range(c, d))


def _steps[T: Hashable](old: Sequence[T], new: Sequence[T]) -> Iterator[EditStep]:
    """What both have, and what stands in place of what, from the beginning to the end."""
    start = _alike(old, new)
    end = _alike(old[:start:-1], new[:start:-1])
    middle = old[start : len(old) - end], new[start : len(new) - end]
    # Words that occur very often are no anchors: with them, long lists take minutes.
    is_long = max(map(len, middle)) > MANY
    yield True, 0, start, 0, start
    for name, a, b, c, d in SequenceMatcher(None, *middle, autojunk=is_long).get_opcodes():
        yield name == "equal", a + start, b + start, c + start, d + start
    yield True, len(old) - end, len(old), len(new) - end, len(new)


def _alike(old: Sequence[Any], new: Sequence[Any]) -> int:
    """How many items both lists share at their beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(old), len(new)))


def _are_similar(old: ComparedBlock, new: ComparedBlock) -> bool:
    one, other = ({word.text.lower() for word in block.words} for block in (old, new))
    if not one or not other:
        return one == other and old.path == new.path
    return len(one & other) * 2 >= max(len(one), len(other))


def _row(old: ComparedBlock | None, new: ComparedBlock | None, label: str) -> ComparedRow:
    if old is None or new is None:
        block: Any = old or new
        tag = "ins" if old is None else "del"
        row = ComparedRow(label or label_of(block.path), list(_whole(tag, block.words)))
        if not block.words:
            row.notes.append(gettext("taken out") if tag == "del" else gettext("new"))
        return row
    row = ComparedRow(label or label_of(new.path), _compare_words(old.words, new.words))
    if old.path != new.path:
        was = label_of(old.path)
        if was == row.label:
            row.notes.append(gettext("built differently"))
        else:
            row.notes.append(gettext("was: %s") % was)
    return row


def _regrouped(old: ComparedBlock, new: ComparedBlock) -> str:
    if new.shared < old.shared:
        return gettext("now parted from what stands above")
    return gettext("now joined to what stands above")


def _compare_words(old: Sequence[ComparedWord], new: Sequence[ComparedWord]) -> list[ChangedText]:
    pieces: list[ChangedText] = []
    for is_equal, a, b, c, d in _steps(old, new):
        if is_equal:
            pieces += _whole("", new[c:d])
        else:
            pieces += _replaced(old[a:b], new[c:d])
    return pieces


def _replaced(old: Sequence[ComparedWord], new: Sequence[ComparedWord]) -> Iterator[ChangedText]:
    """The words of both, with names for their formats where these differ."""
    is_format = bool(old and new) and {w.marks for w in old} != {w.marks for w in new}
    yield from _whole("del", old, is_format)
    yield from _whole("ins", new, is_format)


def _whole(
    tag: str, words: Sequence[ComparedWord], is_format: bool = False
) -> Iterator[ChangedText]:
    for (marks, _), run in groupby(_numbered_links(words), lambda pair: (pair[0].marks, pair[1])):
        found = [word for word, _ in run]
        text = shown(found[0].text) + "".join(
            ("" if word.is_glued else " ") + shown(word.text) for word in found[1:]
        )
        classes = " ".join(f"mark-{mark.name}" for mark in marks)
        formats = mark_labels(marks, is_format) if tag else []
        yield ChangedText(tag, text, not found[0].is_glued, classes, formats)


def _numbered_links(words: Sequence[ComparedWord]) -> Iterator[tuple[ComparedWord, int]]:
    """Each word with the number of links that began up to it: two links stay two pieces."""
    number = 0
    for word in words:
        number += word.begins_link
        yield word, number
