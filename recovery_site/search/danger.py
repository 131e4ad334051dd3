"""Whether a query may come from somebody in danger."""

from __future__ import annotations

import re

from contact.danger.rules import decide
from contact.visitor.told import desk_snapshot

# Who searches for such words may need help now, however they are spelled; elsewhere in a sentence
# the rules of danger decide.
_OF_LIVING = (
    r"\bs(?:ui|iu|u)[sc]+i?d(?!s\b)|\bsewer ?slid|unaliv|\bkms\b|disappear forever"
    r"|\bgoing to jump\b|\bend (?:it|things)(?: all)?\W*$|\bending (?:it all|things)\W*$"
    r"|\bcan.?t (?:do this|go on|take (?:it|this))(?:\W*$| any ?(?:more|longer))"
    r"|\bwant (?:it|this)(?: all)? to (?:be over|end|stop)\W*$"
    r"|\btired of (?:living|life|being alive)\b|\brather (?:die|be dead)\b"
    r"|\b(?:good ?bye|my) (?:note|letter)\W*$|\bself.?harm|\bcutting (?:my|her|him)self\b"
    r"|\bready to (?:go to|be with) god\b|^\W*(?:i (?:just )?)?(?:cutting|hopeless|give up)\W*$"
)
_OF_THE_BODY = (
    r"convulsion(?:es|ando)|delirium tremens|\bdts\b|\bchest pains?\b|\balcohol poisoning\b"
    r"|\bseiz\w*\b.*\b(?:withdraw|stop|quit|off\b)|\b(?:withdraw|stop|quit).*\bseiz"
    r"|\boverdosing\b|\bhow .{0,9}\buse narcan|\bnarcan how\b|\bod.?(?:d|s|ing)\b"
    r"|\b(?:alcohol|what to do) overdos|\bwhat to do\b.*\boverdos"
    r"|\bi.?(?: a)?m dying\b(?! to)|\bwithdrawals? is killing\b|\btoo high(?:\W*$| help| to)"
    r"|\b(?:was|been|being|got|am) (?:drugged|raped|assaulted|abused)\b"
    r"|\b(?:drank|drunk|ate|swallowed)\b.*\b(?:bleach|rubbing alcohol|antifreeze|batter)"
)
_OF_HELP = (
    r"^\W*(?:overdo(?:se|es|sed|sing)|sobredosis|emergenc(?:y|ia)|crisis|(?:call )?(?:911|988)"
    r"|in danger|(?:please )?help me(?: please| now)?)\W*$"
    r"|\bneed help (?:right now|now|fast|asap)\b|^\W*help\b.*\bscared\b|\bi.?m not safe\W*$"
)
_crisis = re.compile("|".join((_OF_LIVING, _OF_THE_BODY, _OF_HELP)), re.IGNORECASE)
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
