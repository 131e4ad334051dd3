"""Whether a query may come from somebody in danger."""

from __future__ import annotations

import re

from contact.danger.rules import decide
from contact.danger.verdict import CERTAIN, Reading
from contact.visitor.told import desk_snapshot

# Signs are weighed for messages. So few words are a topic more often ("blue pills", "reasons to
# live sober"): there, signs without a pattern tell danger only if they are as good as certain.
FEW_WORDS = 6

# Who searches for such words may need help now, however they are spelled; elsewhere in a sentence
# the rules of danger decide.
_OF_LIVING = (
    r"unaliv|\bkms\b|disappear forever"
    r"|\bgoing to jump\b|\bend (?:it|things)(?: all)?\W*$|\bending (?:it all|things)\W*$"
    r"|\bcan.?t (?:do this|go on|take (?:it|this))(?:\W*$| any ?(?:more|longer))"
    r"|\bwant (?:it|this)(?: all)? to (?:be over|end|stop)\W*$"
    r"|\btired of (?:living|life|being alive)\b|\brather (?:die|be dead)\b"
    r"|\bhow (?:many|much)\b.*\bto (?:die|kill|overdose|od)\b"
    r"|\b(?:good ?bye|my) (?:note|letter)\W*$|\bcutting (?:my|her|him)self\b"
    r"|\bready to (?:go to|be with) god\b|^\W*(?:i (?:just )?)?(?:cutting|hopeless|give up)\W*$"
)
_OF_THE_BODY = (
    r"\bi.?(?: a)?m dying\b(?! to)|\bwithdrawals? is killing\b|\btoo high(?:\W*$| help| to)"
    r"|\b(?:was|been|being|got|am) (?:drugged|raped|assaulted|abused)\b"
    r"|\b(?:narcan|naloxone)\b.{0,5}\b(?:did ?n.?t|is ?n.?t|not|won.?t) (?:work|working|help)"
    r"|\bred (?:streak|line)s?\b"
    r"|\b(?:drank|drunk|ate|swallowed)\b.*\b(?:bleach|rubbing alcohol|antifreeze|batter)"
)
_OF_HELP = (
    r"^\W*(?:overdo(?:se|es|sed|sing)|sobredosis|emergenc(?:y|ia)|crisis|(?:call )?(?:911|988)"
    r"|in danger|(?:please )?help me(?: please| now)?)\W*$"
    r"|\bneed help (?:right now|now|fast|asap)\b|^\W*help\b.*\bscared\b|\bi.?m not safe\W*$"
)
_crisis = re.compile("|".join((_OF_LIVING, _OF_THE_BODY, _OF_HELP)), re.IGNORECASE)
# What people also learn and teach about, or tell of long ago; then the rules alone decide.
_subject = re.compile(
    r"\bs(?:ui|iu|u)[sc]+i?d(?!s\b)|\bsewer ?slid|\bself.?harm\b(?! reduc)"
    r"|convulsion(?:es|ando)|delirium tremens|\bdts\b|\bchest pains?\b|\balcohol poisoning\b"
    r"|\bseiz\w*\b.*\b(?:withdraw|stop|quit|off\b)|\b(?:withdraw|stop|quit).*\bseiz"
    r"|\boverdosing\b|\bhow .{0,9}\buse narcan|\bnarcan how\b|\bod.?(?:d|s|ing)\b"
    r"|\b(?:alcohol|what to do) overdos|\bwhat to do\b.*\boverdos",
    re.IGNORECASE,
)
_learning = re.compile(
    r"\b(?:training|workshop|ceu|statistics|essay|research|poster|print|awareness)\b"
    r"|^(?!.*\b(?:again|still|another|keeps?|lately)\b).*\b(?:years?|yrs?) ago\b",
    re.IGNORECASE,
)
_crisis_in_spanish = re.compile(
    r"\b(?:convuls|ataque).*\b(?:dej[aéeóo]|abstinencia)"
    r"|\b(?:dej[aéeóo]|abstinencia).*\b(?:convuls|ataque)"
    r"|\bcon (?:una )?sobredosis\b|\bsobredosis\b.*\b(?:ahora|hago|hacer|hacemos)\b",
    re.IGNORECASE,
)
# Patterns with this beginning tell of a wound that needs a doctor soon, and 911 once it gets worse.
WOUND = "absces"
_worse = re.compile(
    r"fever|fiebre|streak|spread|black|green|smell|\bpus\b|swell|swollen|\bhot\b|bigger|huge|burst"
    r"|popp|chill|shak|faint|dizz|confus|can.?t|throb|bone|neck|groin|face|spine|brain|blood|sepsis"
    r"|septic|emergenc|numb|negr|pudr|huele|hinchad|sangr|calentura|escalofr",
    re.IGNORECASE,
)


def language_of_danger(query: str) -> str:
    """Return the language in which help comes first; empty if the query tells of no danger."""
    (reading,) = decide(desk_snapshot.danger_rows(), query).readings
    is_subject = bool(_learning.search(query))
    if reading.is_danger and not _is_weak(reading, query, is_subject):
        return reading.language
    if _crisis_in_spanish.search(query):
        return "es"
    is_asked = _subject.search(query) and not is_subject
    return "en" if is_asked or _crisis.search(query) else ""


def _is_weak(reading: Reading, query: str, is_subject: bool) -> bool:
    is_short = len(query.split()) <= FEW_WORDS
    is_topic = is_short and (not reading.standing or _is_wound_alone(reading, query))
    return (is_subject or is_topic) and reading.points < CERTAIN


def _is_wound_alone(reading: Reading, query: str) -> bool:
    found = (finding.row.words for finding in reading.standing)
    return all(words.startswith(WOUND) for words in found) and not _worse.search(query)
