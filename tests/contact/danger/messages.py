"""Made-up messages, each labelled by a person: does it mean danger, and of which kind?

messages.csv: one half is looked at while patterns are written and signs are weighed. The other
half is only measured, so that its figures tell how they do with messages nobody had in mind.
rounds.csv and fresh.csv: each round was written after the patterns before it, measured once, and
then used to mend them. written.csv: written for weighing the signs. ordinary.csv: plain requests
as the form gets them most, a few plain calls for help beside them, and harmless searches (round
search). Rounds h, i and m of fresh.csv were written before any pattern was read, j after some were;
n and o, in Spanish, after it was seen what was wrong with m.
unseen.csv: two rounds by people who knew no pattern (d, e), two by people who had seen some (g, k),
one in Spanish that keeps close to danger on either side, by somebody who knew none (p),
and harmless searches (s) by somebody who had seen which of round search were taken for danger; they
are only measured, but how much ordinary requests weigh was chosen by the figures of d, e and g.
"""

import csv
import hashlib
import math
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from contact.danger.rules import decide

HERE = Path(__file__).parent
ORDINARY = ("own", "first", "d", "search")


class Message(NamedTuple):
    text: str
    language: str
    kind: str
    is_danger: bool
    round: str = ""

    @property
    def is_looked_at(self):
        """Which half it belongs to: a hash decides, not the one who writes the patterns."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0

    @property
    def is_fitted(self):
        return bool(self.round) or self.is_looked_at

    @property
    def weight(self):
        """How often it counts: ordinary requests are most of what the form gets."""
        return 1 if self.is_danger or self.round not in ORDINARY else 3


def read_messages(name="messages"):
    with (HERE / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return [
            Message(
                row["message"],
                row.get("language", ""),
                row.get("kind", ""),
                row["is_danger"] == "1",
                row.get("round", ""),
            )
            for row in csv.DictReader(file)
        ]


def all_messages():
    names = ("messages", "rounds", "written", "fresh", "ordinary")
    return [message for name in names for message in read_messages(name)]


def figures(messages, rows):
    """Print how many are found by kind and language; return the shares of danger and harmless."""
    found, total = Counter(), Counter()
    for message in messages:
        group = (message.is_danger, message.kind, message.language)
        total[group] += 1
        found[group] += decide(rows, message.text).is_danger
    shares = []
    for is_danger, name in ((True, "recall"), (False, "false")):
        groups = sorted(group for group in total if group[0] == is_danger)
        for group in groups:
            print(f"{name:6} {group[1]:20} {group[2]:2} {found[group]:3} of {total[group]:3}")
        all_found, everything = (sum(count[g] for g in groups) for count in (found, total))
        shares.append(all_found / everything if everything else math.nan)
        print(f"{name:6} all                     {all_found:3} of {everything:3} {shares[-1]:.3f}")
    return shares
