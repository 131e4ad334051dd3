"""How calls and requests end: the outcomes, each with its label and its meaning."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, NamedTuple, Self, assert_never

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .enums import require_facts


class NextStep(Enum):
    """What follows a call."""

    # The retry rules say when to call again; without a rule, a lead decides.
    RETRY = auto()
    # As RETRY, and the claim stays, so that its holder can say how it ended.
    WRAP_UP = auto()
    # As RETRY, but somebody else makes the next call.
    COLLEAGUE = auto()
    # A lead decides, unless there are retry rules for it.
    LEAD = auto()
    # The visitor named the time of the next call.
    NAMED_TIME = auto()
    # Nobody calls this person, or anybody on this line, again: what is open is closed.
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
    """`button`: the label of the card's button. `spoke`: the visitor was on the line.

    `talk`: how it is called after a talk that they began; empty if none can end so.
    """

    button: Any
    next_step: NextStep
    spoke: bool = False
    needs_voicemail: bool = False
    talk: Any = ""


class CallOutcome(TextChoices):
    """The outcome of a call."""

    REACHED = (
        "reached",
        CallFacts(_("Reached them"), NextStep.WRAP_UP, spoke=True, talk=_("We talked")),
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
        CallFacts(
            _("Save this time"),
            NextStep.NAMED_TIME,
            spoke=True,
            talk=_("Asked to be called at …"),
        ),
        _("Asked to be called at …"),
    )
    WRONG_NUMBER = (
        "wrong_number",
        CallFacts(_("Wrong number"), NextStep.LEAD, talk=_("Wrong number")),
        _("Wrong number"),
    )
    MISMATCH = (
        "mismatch",
        CallFacts(
            _("Leave it to a colleague"),
            NextStep.COLLEAGUE,
            spoke=True,
            talk=_("Needs someone else: language or other needs"),
        ),
        _("Needs someone else: language or other needs"),
    )
    EMERGENCY = (
        "emergency",
        CallFacts(
            _("Handed over to emergency help"),
            NextStep.LEAD,
            spoke=True,
            talk=_("Handed over to emergency help"),
        ),
        _("Handed over to emergency help"),
    )
    STOP = (
        "stop",
        CallFacts(
            _("Yes, stop these calls"),
            NextStep.NO_CALLS,
            spoke=True,
            talk=_("Asked us to stop calling"),
        ),
        _("Asked us to stop calling"),
    )

    facts: CallFacts

    def __new__(cls, value: str, facts: CallFacts | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.facts = value, require_facts(facts, value)
        return member


class ClosedBy(Enum):
    """Who can close a request with an outcome, and when."""

    # Staff, on the card, after they spoke with the visitor.
    STAFF_AFTER_A_TALK = auto()
    # Staff, on the card, without such a conversation.
    STAFF_WITHOUT_A_TALK = auto()
    # Likewise, while a stop of its line holds.
    STAFF_ON_A_STOPPED_LINE = auto()
    # The visitor, on the page of their request.
    VISITOR = auto()
    # Staff, when somebody else on the line asked for no calls to it.
    STOP_OF_THE_LINE = auto()

    @property
    def is_staff_without_a_talk(self) -> bool:
        return self in (ClosedBy.STAFF_WITHOUT_A_TALK, ClosedBy.STAFF_ON_A_STOPPED_LINE)


class RequestFacts(NamedTuple):
    """`told`: the sentence for the visitor, which tells an onlooker only that the request is over.

    `is_own_wish`: the visitor wants no more calls. `is_counted`: reports count it.
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
    EMERGENCY = (
        "emergency",
        RequestFacts(ClosedBy.STAFF_AFTER_A_TALK, _IN_TOUCH),
        _("Handed over to emergency help"),
    )
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
            _("You asked us not to call about this request, so we will not."),
            is_own_wish=True,
        ),
        _("Asked us to stop calling"),
    )
    LINE_STOP = (
        "line_stop",
        RequestFacts(
            ClosedBy.STOP_OF_THE_LINE,
            _("We were asked not to call this phone any more. You can call us at any time."),
        ),
        _("The line is not called any more"),
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
            _("It is closed. If you asked more than once, we handle your requests together."),
        ),
        _("Handled in another request"),
    )
    NOT_CALLED = (
        "not_called",
        # Not told why: whoever typed the number must not learn that somebody knows us.
        RequestFacts(
            ClosedBy.STAFF_ON_A_STOPPED_LINE, _("It is closed, and we will not call about it.")
        ),
        _("Not called: its line asked to stop"),
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
        member._value_, member.facts = value, require_facts(facts, value)
        return member
