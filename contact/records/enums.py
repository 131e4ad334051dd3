"""What can be chosen for a callback request, the words for it, and what each choice means.

Code asks a member for what it means; where it has to tell members apart, it matches over all of
them and ends with `assert_never`. `tests/contact/test_choices.py` walks every member.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto
from typing import Any, NamedTuple, Self, assert_never

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


def _required[Facts](facts: Facts | None, value: object) -> Facts:
    """Optional in the signature alone: type checkers take looking up a member for making one."""
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


class Language(TextChoices):
    ENGLISH = "en", _("English")
    SPANISH = "es", _("Spanish (español)")
    OTHER = "other", _("Another language")

    @property
    def is_written(self) -> bool:
        """Whether we have words in it: scripts for calls, words that may mean danger."""
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


class PriorityFacts(NamedTuple):
    """`head_start`: how much earlier its turn comes than its deadline.

    `is_named_in_lists`: its label stands in the row. `is_counted`: visitors wait behind it, and
    reports count it.
    """

    head_start: timedelta
    is_named_in_lists: bool = False
    is_counted: bool = True


class Priority(IntegerChoices):
    """Who goes first when several wait."""

    DANGER = (
        0,
        PriorityFacts(timedelta(days=1), is_named_in_lists=True),
        _("Words that may mean danger"),
    )
    SELF = 1, PriorityFacts(timedelta(minutes=15)), _("Asks for themselves")
    SOMEONE_ELSE = 2, PriorityFacts(timedelta(0)), _("Asks for someone else")
    AUTOMATIC = (
        3,
        PriorityFacts(timedelta(days=-7), is_named_in_lists=True, is_counted=False),
        _("Looks automatic"),
    )

    facts: PriorityFacts

    def __new__(cls, value: int, facts: PriorityFacts | None = None) -> Self:
        member = int.__new__(cls, value)
        member._value_, member.facts = value, _required(facts, value)
        return member


class CallingFor(TextChoices):
    SELF = "self", _("Myself")
    SOMEONE_ELSE = "someone_else", _("Someone I care about")

    @property
    def priority(self) -> Priority:
        """In which order they are called, unless their words say more."""
        match self:
            case CallingFor.SELF:
                return Priority.SELF
            case CallingFor.SOMEONE_ELSE:
                return Priority.SOMEONE_ELSE
        assert_never(self)


class NextStep(Enum):
    """What follows a call."""

    # The retry rules say when to call again; without a rule, a lead decides.
    RETRY = auto()
    # As RETRY, and whoever made the call keeps the request to say how it ended.
    WRAP_UP = auto()
    # As RETRY, by somebody else than whoever made the call.
    COLLEAGUE = auto()
    # A lead decides, unless the desk made retry rules for it.
    LEAD = auto()
    # The caller named the time of the next call.
    NAMED_TIME = auto()
    # Nobody calls this number again: all its open requests are closed.
    NO_CALLS = auto()

    @property
    def has_rules(self) -> bool:
        """Whether retry rules can be made for it."""
        match self:
            case NextStep.RETRY | NextStep.WRAP_UP | NextStep.COLLEAGUE | NextStep.LEAD:
                return True
            case NextStep.NAMED_TIME | NextStep.NO_CALLS:
                return False
        assert_never(self)

    @property
    def is_one_tap(self) -> bool:
        """Whether the card's button needs no further answer."""
        match self:
            case NextStep.RETRY | NextStep.WRAP_UP | NextStep.LEAD:
                return True
            case NextStep.COLLEAGUE | NextStep.NAMED_TIME | NextStep.NO_CALLS:
                return False
        assert_never(self)


class CallFacts(NamedTuple):
    """`button`: the words on the card's button. `spoke`: the person themselves was on the line."""

    button: Any
    next_step: NextStep
    spoke: bool = False
    needs_voicemail: bool = False


class CallOutcome(TextChoices):
    """What came of a call."""

    REACHED = (
        "reached",
        CallFacts(_("Reached them"), NextStep.WRAP_UP, spoke=True),
        _("Reached them"),
    )
    NO_ANSWER = "no_answer", CallFacts(_("No answer"), NextStep.RETRY), _("No answer")
    VOICEMAIL = (
        "voicemail",
        CallFacts(_("Left a voicemail"), NextStep.RETRY, needs_voicemail=True),
        _("Left the voicemail they allowed"),
    )
    SOMEONE_ELSE = (
        "someone_else",
        CallFacts(_("Someone else answered"), NextStep.RETRY),
        _("Someone else answered"),
    )
    CALL_LATER = (
        "call_later",
        CallFacts(_("Save this time"), NextStep.NAMED_TIME, spoke=True),
        _("Asked to be called at …"),
    )
    WRONG_NUMBER = "wrong_number", CallFacts(_("Wrong number"), NextStep.LEAD), _("Wrong number")
    MISMATCH = (
        "mismatch",
        CallFacts(_("Leave it to a colleague"), NextStep.COLLEAGUE, spoke=True),
        _("Needs someone else: language or other needs"),
    )
    STOP = (
        "stop",
        CallFacts(_("Yes, stop all calls to this number"), NextStep.NO_CALLS, spoke=True),
        _("Asked us to stop calling"),
    )

    facts: CallFacts

    def __new__(cls, value: str, facts: CallFacts | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.facts = value, _required(facts, value)
        return member


class ClosedBy(Enum):
    """How a request comes to be closed with an outcome."""

    # Staff choose it on the card, once they spoke with the person.
    STAFF_AFTER_A_TALK = auto()
    # Staff choose it on the card, without having spoken with anyone.
    STAFF_WITHOUT_A_TALK = auto()
    # The visitor alone, on the page of their request.
    VISITOR = auto()


class RequestFacts(NamedTuple):
    """`told`: what the visitor reads of it; whoever looks over a shoulder learns no more than that
    it is over. `is_own_wish`: the person wants no call any more. `is_counted`: in reports.
    """

    closed_by: ClosedBy
    told: Any
    is_own_wish: bool = False
    is_counted: bool = True


_IN_TOUCH = _("We have been in touch, so this request is closed.")


class RequestOutcome(TextChoices):
    """How a request ended."""

    CAME_IN = "came_in", RequestFacts(ClosedBy.STAFF_AFTER_A_TALK, _IN_TOUCH), _("Came in")
    REFERRED = (
        "referred",
        RequestFacts(ClosedBy.STAFF_AFTER_A_TALK, _IN_TOUCH),
        _("Referred to another place"),
    )
    ANSWERED = (
        "answered",
        RequestFacts(ClosedBy.STAFF_AFTER_A_TALK, _IN_TOUCH),
        _("Questions answered, nothing more wanted"),
    )
    NOT_NOW = "not_now", RequestFacts(ClosedBy.STAFF_AFTER_A_TALK, _IN_TOUCH), _("Not now")
    UNREACHABLE = (
        "unreachable",
        RequestFacts(
            ClosedBy.STAFF_WITHOUT_A_TALK, _("We could not reach you, and have stopped trying.")
        ),
        _("Could not be reached"),
    )
    WRONG_NUMBER = (
        "wrong_number",
        RequestFacts(
            ClosedBy.STAFF_WITHOUT_A_TALK,
            _("The number did not lead to you, so we stopped calling it."),
        ),
        _("Wrong number"),
    )
    STOP = (
        "stop",
        RequestFacts(
            ClosedBy.STAFF_AFTER_A_TALK,
            _("You asked us not to call, so we will not."),
            is_own_wish=True,
        ),
        _("Asked us to stop calling"),
    )
    CANCELLED = (
        "cancelled",
        RequestFacts(
            ClosedBy.VISITOR,
            _("You cancelled this request, so we will not call about it."),
            is_own_wish=True,
        ),
        _("Cancelled by themselves"),
    )
    DUPLICATE = (
        "duplicate",
        RequestFacts(
            ClosedBy.STAFF_WITHOUT_A_TALK,
            _("You asked more than once. We handled this one together with your other request."),
        ),
        _("Handled in another request"),
    )
    SPAM = (
        "spam",
        RequestFacts(
            ClosedBy.STAFF_WITHOUT_A_TALK,
            _("It is closed, and we will not call about it."),
            is_counted=False,
        ),
        _("Spam"),
    )

    facts: RequestFacts

    def __new__(cls, value: str, facts: RequestFacts | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.facts = value, _required(facts, value)
        return member
