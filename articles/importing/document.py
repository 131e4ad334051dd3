"""What was understood of a document: the draft of an article, drafts of questions, and the rest."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnreadableDocument(ValueError):
    """The document cannot be read; the message says why and what to do, in the editor's words."""


class PartKind(TextChoices):
    """What a page does not take over from a document."""

    STRUCK = "struck", _("Struck out or deleted")
    COMMENT = "comment", _("Comment")
    FOOTNOTE = "footnote", _("Footnote")
    PICTURE = "picture", _("Picture")
    LINK = "link", _("Link that leads nowhere from a web page")
    HIDDEN = "hidden", _("Hidden text")
    EMBEDDED = "embedded", _("Video, form or other embedded part")
    SCRIPT = "script", _("Script, or a link that runs one")
    TICK = "tick", _("Tick of a check box (its words stay)")
    UNDERLINE = "underline", _("Underlining (the words stay)")
    FRAME = "frame", _("Menu, head or foot of a web page")


class LeftOut(NamedTuple):
    """A part that was left out, and the words just before it."""

    kind: PartKind
    text: str
    after: str = ""


class QuestionDraft(NamedTuple):
    """An answer, with its question if the document has one.

    `summary` is the short answer in plain words, `body` the rest of it as HTML.
    """

    question: str
    summary: str
    body: str


class ImportedDocument(NamedTuple):
    """`body` is HTML of the elements that articles may hold."""

    title: str
    body: str
    questions: tuple[QuestionDraft, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many of each kind of part the article has."""
        parts: dict[str, Any] = {
            "headings": r"<h[2-4]>",
            "paragraphs": r"<p>(?!</p>)",
            "lists": r"<[uo]l\b",
            "tables": r"<table>",
            "links": r"<a ",
        }
        counts = {name: len(re.findall(pattern, self.body)) for name, pattern in parts.items()}
        # The editor wraps each cell of a table in a paragraph, which nobody sees as one.
        tables = "".join(re.findall(r"(?s)<table>.*?</table>", self.body))
        counts["paragraphs"] -= len(re.findall(parts["paragraphs"], tables))
        return counts
