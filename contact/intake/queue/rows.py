"""A request as a row of a list: what to do when, and never who asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from contact.intake.colleagues import display_name
from contact.intake.punctuation import fix_full_stop
from contact.intake.stopped_lines import asked_to_stop
from contact.lifecycle.planning.named_times import is_callable_at_night
from contact.models import CallbackRequest, CallbackRequestQuerySet, LineStop
from contact.records.enums import Language, Priority
from contact.records.outcomes import RequestOutcome
from contact.schedule.calling_hours import callers_time, when_to_call

from .row_times import short_time, waiting_time
from .selection.lists import QueueList, queue_list_of

# No encrypted field is among these: lists show nobody's words.
ROW_FIELDS = (
    *("id", "reference", "version", "created_at", "calling_for", "language", "priority"),
    *("best_time", "time_zone", "number_zones", "status", "tries", "talk_direction"),
    *("due_at", "due_until", "call_by", "earlier_call_by", "turn_at"),
    *("claimed_by", "claimed_until", "assigned_to", "outcome", "closed_at"),
    *("line_index", "phone_index", "set_apart"),
)


class QueueRow(NamedTuple):
    """`when` is a label, `when_words` explains it; `is_warning`: it says not to call now."""

    request: CallbackRequest
    state: str
    promise: str
    is_late: bool
    when: str
    when_words: str
    is_warning: bool
    waiting: str
    tries: str
    language: str
    priority: str
    apart: str
    is_danger: bool
    holder: str
    is_mine: bool
    is_talking: bool
    assigned: str
    lapsed: str
    stop: str

    @property
    def token(self) -> str:
        """The request in the version that was shown."""
        return f"{self.request.pk}:{self.request.version}"

    @property
    def holder_words(self) -> str:
        """Who has the call, and what they do; empty if nobody has it."""
        if self.is_mine:
            return gettext("You hold it")
        if not self.holder:
            return ""
        talking, called = gettext("Talking with %(name)s now"), gettext("Being called by %(name)s")
        return (talking if self.is_talking else called) % {"name": self.holder}

    @property
    def tick_label(self) -> str:
        return gettext("Tick %(reference)s") % {"reference": self.request}

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Everything that the row shows, except relative times."""
        people = (self.holder, self.assigned, self.lapsed, self.stop)
        return (self.token, self.state, self.promise, self.when, *people)


def only_row_fields(queryset: CallbackRequestQuerySet) -> CallbackRequestQuerySet:
    return queryset.only(*ROW_FIELDS)


def queue_rows(requests: list[CallbackRequest], account: Any, now: datetime) -> list[QueueRow]:
    still_open = [each for each in requests if each.is_open]
    lines = [line for each in still_open for line in (each.line_index, each.phone_index)]
    stopped = LineStop.objects.newest_by_line(lines)
    stops = {each.pk: _telling_stop(each, stopped) for each in still_open}
    return [queue_row(each, account, now, stops.get(each.pk)) for each in requests]


def _telling_stop(request: CallbackRequest, stopped: dict[str, datetime]) -> datetime | None:
    """When somebody asked for no calls to its line, unless a lead decided since that we call."""
    stop = stopped.get(request.line_index) or stopped.get(request.phone_index)
    if stop is None or request.status == CallbackRequest.Status.LEAD or request.is_danger:
        return stop
    # An extension of a number that was stopped after it was asked for.
    return stop if stop > request.created_at else None


def queue_row(
    request: CallbackRequest, account: Any, now: datetime, stopped_at: datetime | None = None
) -> QueueRow:
    """`stopped_at`: when somebody asked for no calls to its line, if that matters now."""
    name = queue_list_of(request, now)
    is_late = request.is_open and request.is_late(now)
    when, words, is_warning = _when(request, name, now)
    is_held = request.is_held(now)
    priority = Priority(request.priority)
    tries = ngettext("%d try", "%d tries", request.tries) % request.tries
    language = Language(request.language)
    return QueueRow(
        request=request,
        state=str(name.label) if name else gettext("Closed"),
        promise=_promise(request, is_late, now),
        is_late=is_late,
        when=when,
        when_words=words,
        is_warning=is_warning,
        waiting=_waiting(request, now),
        tries=tries if request.tries else "",
        language="" if language == Language.ENGLISH else str(language.label),
        priority=str(priority.label) if priority.facts.is_named_in_lists else "",
        apart=str(request.get_set_apart_display()) if request.set_apart else "",
        is_danger=request.is_danger,
        holder=display_name(request.claimed_by) if is_held else "",
        is_mine=is_held and request.claimed_by_id == account.pk,
        is_talking=is_held and bool(request.talk_direction),
        assigned=display_name(request.assigned_to) if request.assigned_to else "",
        lapsed=_lapsed(request, now),
        stop=asked_to_stop(stopped_at) if stopped_at else "",
    )


def _lapsed(request: CallbackRequest, now: datetime) -> str:
    """Who held an open request last, if nothing but the lease's end took it from them."""
    if not request.claimed_by or not request.claimed_until or request.claimed_until > now:
        return ""
    words = {
        "name": display_name(request.claimed_by),
        "time": short_time(request.claimed_until, now),
    }
    return fix_full_stop(gettext("%(name)s held it until %(time)s.") % words)


def _promise(request: CallbackRequest, is_late: bool, now: datetime) -> str:
    if not request.is_open:
        closed_at = short_time(request.closed_at, now) if request.closed_at else ""
        outcome = RequestOutcome(request.outcome).label
        return gettext("%(outcome)s, %(time)s") % {"outcome": outcome, "time": closed_at}
    assert request.call_by is not None  # noqa: S101 - a constraint of the database
    words = {"time": short_time(request.call_by, now)}
    if request.earlier_call_by and not is_late:
        words["before"] = short_time(request.earlier_call_by, now)
        return gettext("Call by %(time)s, promised by %(before)s") % words
    return (gettext("Late since %(time)s") if is_late else gettext("Call by %(time)s")) % words


def _when(request: CallbackRequest, name: QueueList | None, now: datetime) -> tuple[str, str, bool]:
    """`when`, `when_words` and `is_warning` of the row."""
    if name is None or request.due_at is None:
        return "", "", False
    if name in (QueueList.NOW, QueueList.LEAD):
        at_night = is_callable_at_night(request, now)
        advice = when_to_call(
            request.best_time, request.time_zone, now, request.number_zones, at_night=at_night
        )
        return advice.label, advice.words, not advice.is_good
    start = max(request.due_at, now)
    local_time = str(callers_time(request.time_zone, start, request.number_zones))
    return gettext("From %s") % short_time(start, now), local_time, False


def _waiting(request: CallbackRequest, now: datetime) -> str:
    if not request.is_open:
        return gettext("Asked %s") % short_time(request.created_at, now)
    if now - request.created_at < timedelta(minutes=1):
        return gettext("Came just now")
    return waiting_time(request.created_at, now)
