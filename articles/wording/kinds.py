"""A piece of advice: what is said, of which words, and whether an editor may dismiss it."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class AdviceKind(models.TextChoices):
    TERM = "term", _("a word to avoid")
    DANGER = "danger", _("a danger without 911")
    GRADE = "grade", _("hard to read")
    HEADING = "heading", _("a heading")
    TABLE = "table", _("a table")
    LINK = "link", _("a link")

    @property
    def can_be_dismissed(self) -> bool:
        """Whether it is a matter of judgement: a link that leads nowhere is none."""
        return self is not AdviceKind.LINK

    @property
    def says_where(self) -> Any:
        """What stands before the passage."""
        return _("Hardest to read:") if self is AdviceKind.GRADE else _("Where:")


class Advice(NamedTuple):
    kind: AdviceKind
    # What is pointed at. Of several pieces with the same kind and key one is shown at a time.
    key: str
    # The sentence, heading or table of which it is said; nothing for links.
    passage: str
    text: str
    # Passages further on of which the same is said.
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def places(self) -> list[Advice]:
        """The same of each passage alone, beginning with its own."""
        return [self._replace(passage=each, also=()) for each in (self.passage, *self.also)]

    @property
    def digest(self) -> str:
        """Stays the same while the passage does, whatever its spaces, capitals and apostrophes."""
        words = unicodedata.normalize("NFKC", self.passage).replace("’", "'").casefold()
        parts = [self.kind.value, self.key, " ".join(words.split())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def unique(pieces: list[Advice]) -> list[Advice]:
    """Each passage once for each key."""
    return list({piece.digest: piece for piece in reversed(pieces)}.values())[::-1]
