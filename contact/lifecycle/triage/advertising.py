"""Advertising in a visitor's words: links, and what sellers write.

One word of a trade means nothing: people lose money in casinos and make websites. Two links, a
link with two such words, or five such words are advertising. Rude or foolish words never are.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

LINK = re.compile(r"https?://|\bwww\.|\[url|<a\s", re.IGNORECASE)
LINK_POINTS, WORD_POINTS, ENOUGH = 60, 24, 100
# Each line is one sign, however many of its words are there.
ADVERTISING_SIGNS = [
    re.compile(rf"\b(?:{words})\b")
    for words in Path(__file__).with_suffix(".txt").read_text().splitlines()
]


def is_advertising(*texts: str) -> bool:
    """Return whether these texts, taken together, read like advertising."""
    text = unicodedata.normalize("NFKD", " \n ".join(texts).casefold())
    plain = "".join(each for each in text if not unicodedata.combining(each))
    points = LINK_POINTS * len(LINK.findall(plain))
    points += WORD_POINTS * sum(1 for sign in ADVERTISING_SIGNS if sign.search(plain))
    return points >= ENOUGH
