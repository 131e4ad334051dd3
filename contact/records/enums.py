"""The choices of a callback request, each with its label and its meaning.

Code asks a member for its meaning; where it has to tell members apart, it matches over all of
them and ends with `assert_never`. `tests/contact/test_choices.py` walks every member.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple, Self, assert_never

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def require_facts[Facts](facts: Facts | None, value: object) -> Facts:
    """Return the facts, which are optional only because type checkers treat a lookup as a call."""
    if facts is None:
        raise TypeError(f"{value!r} needs facts that say what it means")
    return facts


class Announce(TextChoices):
    """Whether to say who is calling; the most careful answer first."""

    NO = "no", _("No, do not say who is calling")
    YES = "yes", _("Yes, you may say who is calling")


class Voicemail(TextChoices):
    """What may be left on a voicemail; the most careful answer first."""

    NONE = "none", _("Do not leave a message")
    CALLBACK_ONLY = "callback_only", _("Only a first name and a number to call back")
    FULL = "full", _("A message that says who is calling and why")


def contradiction(announce: str, voicemail: str) -> str:
    """Return what to ask when two answers do not go together; empty if they do."""
    if announce == Announce.NO and voicemail == Voicemail.FULL:
        return gettext(
            "A message that says who is calling would tell whoever hears it, and we may not say "
            "that to anyone else. Please choose again."
        )
    return ""


class Language(TextChoices):
    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish (español)")
    OTHER = "other", _("Another language")

    @property
    def is_written(self) -> bool:
        """Whether scripts for calls and danger phrases exist in it."""
        match self:
            case Language.ENGLISH | Language.SPANISH:
                return True
            case Language.OTHER:
                return False
        assert_never(self)


class Status(TextChoices):
    NEW = "new", _("New")
    TRYING = "trying", _("Trying to reach")
    LEAD = "lead", _("A lead decides")
    CLOSED = "closed", _("Closed")

    @property
    def is_callable(self) -> bool:
        """Whether anyone on the desk may make the next call."""
        match self:
            case Status.NEW | Status.TRYING:
                return True
            case Status.LEAD | Status.CLOSED:
                return False
        assert_never(self)


# Longer than anybody waits, so that danger stands before whatever is ordinary.
BEFORE_ALL = timedelta(days=20 * 365)


class PriorityFacts(NamedTuple):
    """`head_start`: how long before its deadline a request takes its place in the queue.

    `is_named_in_lists`: lists show its label. `is_counted`: reports count it. `delays_others`:
    estimates for visitors count it.
    """

    head_start: timedelta
    is_named_in_lists: bool = False
    is_counted: bool = True
    delays_others: bool = True


class Priority(IntegerChoices):
    """Who goes first when several wait."""

    DANGER = (
        0,
        PriorityFacts(BEFORE_ALL, is_named_in_lists=True),
        _("Words that may mean danger"),
    )
    SELF = 1, PriorityFacts(timedelta(minutes=15)), _("Asks for themselves")
    SOMEONE_ELSE = 2, PriorityFacts(timedelta(0)), _("Asks for someone else")
    AUTOMATIC = (
        3,
        PriorityFacts(
            timedelta(days=-7), is_named_in_lists=True, is_counted=False, delays_others=False
        ),
        _("Looks automatic"),
    )
    # Called in turn: a number may be newer than what we know of numbers.
    UNKNOWN_NUMBER = (
        4,
        PriorityFacts(timedelta(0), is_named_in_lists=True, delays_others=False),
        _("The number may not exist"),
    )

    facts: PriorityFacts

    def __new__(cls, value: int, facts: PriorityFacts | None = None) -> Self:
        member = int.__new__(cls, value)
        member._value_, member.facts = value, require_facts(facts, value)
        return member


class SetApart(TextChoices):
    """Why a request stands apart from those of people; it is kept and called all the same."""

    NETWORK = "network", _("Many from one network")
    NUMBER = "number", _("Many for one number")
    WORDS = "words", _("Many with almost the same words")
    DANGER = "danger", _("Many with words of danger")
    ADVERTISING = "advertising", _("Reads like advertising")


class Direction(TextChoices):
    """Whether we called, or they called or came."""

    OUTGOING = "outgoing", _("We called")
    INCOMING = "incoming", _("They called us")
    IN_PERSON = "in_person", _("They came to us")

    @property
    def is_ours(self) -> bool:
        """Whether it is a try of ours, which counts as one."""
        match self:
            case Direction.OUTGOING:
                return True
            case Direction.INCOMING | Direction.IN_PERSON:
                return False
        assert_never(self)


class Origin(TextChoices):
    """How a request came to us."""

    WEBSITE = "website", _("The form on the site")
    PHONE = "phone", _("They called us themselves")
    WALK_IN = "walk_in", _("Somebody came to the door")
    HOSPITAL = "hospital", _("A hospital or another service called")
    FAMILY = "family", _("Family or a friend called")

    @property
    def talk(self) -> Direction | None:
        """How staff talk with whoever asks for it; None for the visitors' form."""
        match self:
            case Origin.WEBSITE:
                return None
            case Origin.PHONE | Origin.HOSPITAL | Origin.FAMILY:
                return Direction.INCOMING
            case Origin.WALK_IN:
                return Direction.IN_PERSON
        assert_never(self)


class CallingFor(TextChoices):
    """Whom a request is about; the labels are in the visitor's voice."""

    SELF = "self", _("Myself")
    SOMEONE_ELSE = "someone_else", _("Someone I care about")

    @property
    def staff_label(self) -> Any:
        """The same as staff say it."""
        match self:
            case CallingFor.SELF:
                return _("Themselves")
            case CallingFor.SOMEONE_ELSE:
                return _("Someone else")
        assert_never(self)

    @property
    def priority(self) -> Priority:
        """The priority of such a request, unless its words may mean danger."""
        match self:
            case CallingFor.SELF:
                return Priority.SELF
            case CallingFor.SOMEONE_ELSE:
                return Priority.SOMEONE_ELSE
        assert_never(self)
