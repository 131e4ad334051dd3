"""Phrases that may mean danger: a hint for the order of calls, never a verdict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

# The apostrophes of keyboards, phones and word processors. NFKD turns some into spaces.
APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛ʼʹ′`´＇"))
WORD = re.compile(r"[^\W_]+")


class DangerPhrase(models.Model):
    words = models.CharField(
        _("words"),
        max_length=100,
        unique=True,
        help_text=_("As people write them. Capitals, accents and punctuation make no difference."),
    )
    language = models.CharField(_("language"), max_length=10, default="en")

    class Meta:
        verbose_name = _("words that may mean danger")
        verbose_name_plural = _("words that may mean danger")
        ordering = ["language", "words"]

    def __str__(self) -> str:
        return self.words


def has_phrase(text: str, phrases: Iterable[str]) -> bool:
    """Return whether the text contains one of the phrases as whole words."""
    plain = _normalised(text)
    return any(phrase in plain for phrase in _normalised_phrases(tuple(phrases)))


@lru_cache(maxsize=4)
def _normalised_phrases(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain for phrase in phrases if (plain := _normalised(phrase)).strip())


def _normalised(text: str) -> str:
    """Return the words in lower case with a space around each: ` i dont know `."""
    text = unicodedata.normalize("NFKD", text.translate(APOSTROPHES)).casefold()
    unmarked = (c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))
    return f" {' '.join(WORD.findall(''.join(unmarked)))} "
