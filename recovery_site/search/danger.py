"""Whether a query may come from somebody in danger."""

from __future__ import annotations

import re

from contact.danger.rules import decide
from contact.visitor import desk_snapshot

# Who searches for such a word may need help now, however it is spelled; elsewhere in a sentence the
# rules of danger decide.
_crisis = re.compile(
    r"\bs(?:ui|iu|u)[sc]+i?d(?!s\b)|\bsewer ?slid|unaliv|\bkms\b|disappear forever"
    r"|convulsion(?:es|ando)|delirium tremens"
    r"|\bod.?(?:d|ing)\b|\bgoing to jump\b|\bend it(?: all)?\W*$"
    r"|\bcan.?t (?:do this|go on|take (?:it|this))(?:\W*$| any ?(?:more|longer))"
    r"|^\W*(?:overdo(?:se|es|sed|sing)|sobredosis|emergencia)\W*$",
    re.IGNORECASE,
)


def language_of_danger(query: str) -> str:
    """Return the language in which help comes first; empty if the query tells of no danger."""
    language = decide(desk_snapshot.danger_rows(), query).language
    return language or ("en" if _crisis.search(query) else "")
