"""Markdown, as programs for notes write it."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from . import rich_text
from .document import ImportedDocument, LeftOut, PartKind

_front_matter = re.compile(r"\A---\n(?P<head>.*?\n)(?:---|\.\.\.)\n", re.DOTALL)
_title = re.compile(r"^title:\s*(.+?)\s*$", re.MULTILINE)
_note = re.compile(r"^\[\^[^\]\s]{1,40}\]:[ \t]*(.*(?:\n+(?: {2,}|\t)\S.*)*)", re.MULTILINE)
_note_mark = re.compile(r"\[\^[^\]\s]{1,40}\]")


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Take each: those that lead nowhere are left out later, with their words kept."""
        return bool(url)


def document_from_markdown(text: str) -> ImportedDocument:
    title, text = "", re.sub(r"\r\n?", "\n", text)
    if head := _front_matter.match(text):
        text = text[head.end() :]
        named = _title.search(head["head"])
        title = named[1].strip("\"'") if named else ""
    text = re.sub(r"(?m)^(\s*)[•●▪■◦‣]\s+", r"\1- ", text)
    notes = [LeftOut(PartKind.FOOTNOTE, note[1].strip()[:300]) for note in _note.finditer(text)]
    text = _note_mark.sub("", _note.sub("", text))
    reader = _Markdown("commonmark", {"html": True}).enable(["table", "strikethrough"])
    document = rich_text.document_from_html(reader.render(text))
    document = document._replace(left_out=(*notes, *document.left_out))
    return document._replace(title=title) if title else document
