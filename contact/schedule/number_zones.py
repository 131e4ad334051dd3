"""The time zones in which a phone number may ring, for callers who named none.

`number_zones.csv` holds one zone for each clock that an area code (after +1) or a country has.
The facts are those of libphonenumber 9.0.43 (Apache 2.0), but for later codes of an area, which
have the clocks of its first code: libphonenumber knows only some of their numbers. A phone can be
anywhere: zones bound the hours, and nobody is told that they are the caller's.
"""

from __future__ import annotations

import csv
from pathlib import Path

LONGEST_PREFIX = 4


def _zones_by_prefix() -> dict[str, str]:
    with Path(__file__).with_name("number_zones.csv").open(newline="") as file:
        rows = [(row["zones"], row["prefixes"].split()) for row in csv.DictReader(file)]
    return {prefix: zones for zones, prefixes in rows for prefix in prefixes}


# Read when the site starts: a form that was sent must not fail on it.
ZONES_BY_PREFIX = _zones_by_prefix()


def zone_prefix(e164: str) -> str:
    """Return the first digits of a number, which alone decide about its zones."""
    return e164.removeprefix("+")[:LONGEST_PREFIX]


def number_zones(e164: str) -> str:
    """Return IANA names with spaces between, from west to east; empty if nothing is known.

    Numbers without an area, such as 888, are known nowhere.
    """
    digits = zone_prefix(e164)
    for length in range(LONGEST_PREFIX, 0, -1):
        if zones := ZONES_BY_PREFIX.get(digits[:length]):
            return zones
    return ""
