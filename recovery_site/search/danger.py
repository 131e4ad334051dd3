"""Whether a query may come from somebody in danger."""

from __future__ import annotations

import re

from contact.danger.rules import decide
from contact.visitor.told import desk_snapshot

# Who searches for such a word may need help now, however it is spelled; elsewhere in a sentence the
# rules of danger decide.
_crisis = re.compile(
    r"\bs(?:ui|iu|u)[sc]+i?d(?!s\b)|\bsewer ?slid|unaliv|\bkms\b|disappear forever"
    r"|convulsion(?:es|ando)|delirium tremens|\bdts\b"
    r"|\bseiz\w*\b.*\b(?:withdraw|stop|quit|off\b)|\b(?:withdraw|stop|quit).*\bseiz"
    r"|\boverdosing\b|\bhow .{0,9}\buse narcan|\bnarcan how\b"
    r"|\bod.?(?:d|ing)\b|\bgoing to jump\b|\bend it(?: all)?\W*$"
    r"|\bcan.?t (?:do this|go on|take (?:it|this))(?:\W*$| any ?(?:more|longer))"
    r"|^\W*(?:overdo(?:se|es|sed|sing)|sobredosis|emergencia)\W*$",
    re.IGNORECASE,
)
_crisis_in_spanish = re.compile(
    r"\b(?:convuls|ataque).*\b(?:dej[aéeóo]|abstinencia)"
    r"|\b(?:dej[aéeóo]|abstinencia).*\b(?:convuls|ataque)"
    r"|\bcon (?:una )?sobredosis\b",
    re.IGNORECASE,
)


def language_of_danger(query: str) -> str:
    """Return the language in which help comes first; empty if the query tells of no danger."""
    if language := decide(desk_snapshot.danger_rows(), query).language:
        return language
    if _crisis_in_spanish.search(query):
        return "es"
    return "en" if _crisis.search(query) else ""
