"""Made-up messages, each labelled by a person: does it mean danger, and of which kind?

One half is looked at while patterns are written. The other half is only measured, so that its
figures tell how the patterns do with messages that nobody had in mind.
"""

import csv
import hashlib
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("messages.csv")


class Message(NamedTuple):
    text: str
    language: str
    kind: str
    is_danger: bool

    @property
    def is_looked_at(self):
        """Which half it belongs to: a hash decides, not the one who writes the patterns."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 0


def read_messages():
    with FILE.open(newline="", encoding="utf-8") as file:
        return [
            Message(row["message"], row["language"], row["kind"], row["is_danger"] == "1")
            for row in csv.DictReader(file)
        ]
