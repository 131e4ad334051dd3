"""Words of a text, in the one form in which pages and queries are compared."""

from __future__ import annotations

import re
import unicodedata

LONGEST_WORD = 30
_WORD = re.compile(r"[^\W_]+")
# Apostrophes of keyboards, phones and word processors: don't and dont are one word.
_APOSTROPHES = re.compile("(?<=[^\\W_])['’‘‛ʼ′`´＇](?=[^\\W_])")


def plain_words(text: str) -> str:
    """Lower case, without accents and without apostrophes within words."""
    text = _APOSTROPHES.sub("", text)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf"))


def words_of(text: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain_words(text))]
