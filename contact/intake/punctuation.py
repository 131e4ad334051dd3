"""Sentences that are put together from parts."""

from __future__ import annotations

import re

TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


def fix_full_stop(words: str) -> str:
    """One full stop where a time such as 8 a.m. ends a sentence."""
    return TWO_STOPS.sub(".", words)
