"""What changed between two revisions, in words that a template escapes."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from . import markup
from .editing import as_line
from .publishing import Revision

# Word by word costs time that grows with the square; above this a paragraph is shown whole.
LONGEST_PARAGRAPH = 1_500
# How far ahead a moved paragraph is looked for.
NEAREST = 20


class Piece(NamedTuple):
    kind: str  # "same", "old" or "new"
    text: str


type Paragraph = list[Piece]


def compare(old: Revision, new: Revision) -> list[Paragraph]:
    """The paragraphs of both; unchanged ones are a single "same" piece."""
    before, after = _paragraphs(old), _paragraphs(new)
    result: list[Paragraph] = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, a, b, c, d in steps:
        if step == "equal":
            result += [[Piece("same", text)] for text in before[a:b]]
        else:
            result += _paired(before[a:b], after[c:d])
    return result


def _paired(before: list[str], after: list[str]) -> list[Paragraph]:
    """Each old paragraph beside the new one that says nearly the same, if there is one."""
    result: list[Paragraph] = []
    for old in before:
        twin = next((n for n, new in enumerate(after[:NEAREST]) if _are_alike(old, new)), None)
        if twin is None:
            result.append([Piece("old", old)])
            continue
        result += [[Piece("new", text)] for text in after[:twin]]
        result.append(_words(old, after[twin]))
        after = after[twin + 1 :]
    return result + [[Piece("new", text)] for text in after]


def _are_alike(old: str, new: str) -> bool:
    one, other = set(old.split()), set(new.split())
    return len(one & other) * 2 >= max(len(one), len(other))


def _paragraphs(revision: Revision) -> list[str]:
    fields = [revision.title, revision.summary, *markup.blocks(revision.body), revision.byline]
    return [text for text in [*fields, *map(as_line, revision.sources)] if text]


def _words(before: str, after: str) -> Paragraph:
    if len(before) > LONGEST_PARAGRAPH or len(after) > LONGEST_PARAGRAPH:
        return [Piece("old", before), Piece("new", after)]
    old, new = before.split(" "), after.split(" ")
    pieces = []
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Piece("same", " ".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("old", " ".join(old[a:b])))
        if c < d:
            pieces.append(Piece("new", " ".join(new[c:d])))
    return pieces
