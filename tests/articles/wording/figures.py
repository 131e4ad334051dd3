"""How many sentences with words to avoid are found, and how many harmless ones are flagged.

    python -m tests.articles.wording.figures [misses]

The lists were made with `sentences`. `held_out` was written by one who had read the lists, but
before looking at what they find in it, `blind` by one who had read none of them; no list is changed
for these two: write new sentences instead.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
LISTS = ("sentences", "held_out", "blind")


class Sentence(NamedTuple):
    text: str
    avoid: bool


def sentences(name):
    with (HERE / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return [Sentence(row["sentence"], row["avoid"] == "1") for row in csv.DictReader(file)]


def flagged(name, *, avoid):
    """Of the sentences that hold words to avoid, or do not, which are flagged."""
    from articles.wording.terms import shipped_wording

    wording = shipped_wording()
    chosen = [each for each in sentences(name) if each.avoid == avoid]
    return [bool(wording.found_in(each.text)) for each in chosen]


def share(name, *, avoid):
    found = flagged(name, avoid=avoid)
    return sum(found) / len(found)


def main():
    print("list       sentences  found  false")
    for name in LISTS:
        count, found = len(sentences(name)), share(name, avoid=True)
        print(f"{name:10} {count:9} {found:6.1%} {share(name, avoid=False):6.1%}")
    if "misses" in sys.argv:
        from articles.wording.terms import shipped_wording

        for name in LISTS:
            for each in sentences(name):
                words = [found.word for found in shipped_wording().found_in(each.text)]
                if bool(words) != each.avoid:
                    print("missed" if each.avoid else "false ", each.text, *words, sep=" | ")


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    main()
