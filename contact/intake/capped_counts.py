"""Counts that stop early, so that no count walks through a whole table."""

from __future__ import annotations

COUNT_CAP = 200


def capped(number: int) -> str:
    """The number as the desk reads it; `200+` above the cap."""
    return f"{COUNT_CAP}+" if number > COUNT_CAP else str(number)
