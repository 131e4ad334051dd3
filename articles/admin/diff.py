"""The differences between two revisions, as plain text that a template escapes."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from .. import markup
from ..revision import Revision
from .source_lines import format_source

# Comparing words takes quadratic time, so longer paragraphs are shown whole.
MAX_PARAGRAPH_LENGTH = 1_500
# How many paragraphs ahead a counterpart is searched for.
MAX_LOOKAHEAD = 20


class Piece(NamedTuple):
    tag: str  # "del", "ins", or "" for text in both
    text: str


type Paragraph = list[Piece]


def compare(old: Revision, new: Revision) -> list[Paragraph]:
    """The paragraphs of both revisions; an unchanged one is a single piece without a tag."""
    before, after = _paragraphs(old), _paragraphs(new)
    result: list[Paragraph] = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, a, b, c, d in steps:
        if step == "equal":
            result += [[Piece("", text)] for text in before[a:b]]
        else:
            result += _paired(before[a:b], after[c:d])
    return result


def _paired(before: list[str], after: list[str]) -> list[Paragraph]:
    """Match each old paragraph with a similar new one, if there is one, and compare their words."""
    result: list[Paragraph] = []
    for old in before:
        twin = next(
            (n for n, new in enumerate(after[:MAX_LOOKAHEAD]) if _are_similar(old, new)), None
        )
        if twin is None:
            result.append([Piece("del", old)])
            continue
        result += [[Piece("ins", text)] for text in after[:twin]]
        result.append(_compare_words(old, after[twin]))
        after = after[twin + 1 :]
    return result + [[Piece("ins", text)] for text in after]


def _are_similar(old: str, new: str) -> bool:
    one, other = set(old.split()), set(new.split())
    return len(one & other) * 2 >= max(len(one), len(other))


def _paragraphs(revision: Revision) -> list[str]:
    fields = [revision.title, revision.summary, *markup.blocks(revision.body), revision.byline]
    return [text for text in [*fields, *map(format_source, revision.sources)] if text]


def _compare_words(before: str, after: str) -> Paragraph:
    if len(before) > MAX_PARAGRAPH_LENGTH or len(after) > MAX_PARAGRAPH_LENGTH:
        return [Piece("del", before), Piece("ins", after)]
    old, new = before.split(" "), after.split(" ")
    pieces = []
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Piece("", " ".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("del", " ".join(old[a:b])))
        if c < d:
            pieces.append(Piece("ins", " ".join(new[c:d])))
    return pieces
