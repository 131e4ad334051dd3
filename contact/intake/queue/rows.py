"""A request as a line of a list: what to do when, never who."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact.intake.colleagues import display_name
from contact.models import CallbackRequest, CallbackRequestQuerySet
from contact.schedule.calling_hours import callers_time, when_to_call

from .lists import Name, list_of
from .row_times import short_time, waiting_time

# What rows are made of. Nobody's words are among it.
NEEDED = (
    *("id", "reference", "version", "created_at", "calling_for", "language", "priority"),
    *("best_time", "time_zone", "status", "tries", "due_at", "due_until", "call_by", "turn_at"),
    *("claimed_by", "claimed_until", "assigned_to", "outcome", "closed_at"),
)


class Row(NamedTuple):
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
    is_danger: bool
    holder: str
    is_mine: bool
    assigned: str

    @property
    def token(self) -> str:
        """This row as it was shown; other once it has changed."""
        return f"{self.request.pk}:{self.request.version}"

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What this line shows, clocks left out: they run by themselves."""
        return (self.token, self.state, self.promise, self.when, self.holder, self.assigned)


def for_rows(queryset: CallbackRequestQuerySet) -> CallbackRequestQuerySet:
    """What rows are made of, and nothing else."""
    return queryset.only(*NEEDED)


def row_of(request: CallbackRequest, account: Any, now: datetime) -> Row:
    name = list_of(request, now)
    is_late = request.is_open and request.call_by is not None and request.call_by < now
    when, words, is_warning = _when(request, name, now)
    is_held = request.is_held(now)
    priority = CallbackRequest.Priority(request.priority)
    tried = ngettext("%d try", "%d tries", request.tries) % request.tries
    is_other = request.language != CallbackRequest.Language.ENGLISH
    return Row(
        request=request,
        state=str(name.label if name else _("Closed")),
        promise=_promise(request, is_late, now),
        is_late=is_late,
        when=when,
        when_words=words,
        is_warning=is_warning,
        waiting=_waiting(request, now),
        tries=tried if request.tries else "",
        language=str(CallbackRequest.Language(request.language).label) if is_other else "",
        priority=str(priority.label) if priority.facts.is_named_in_lists else "",
        is_danger=priority == CallbackRequest.Priority.DANGER,
        holder=display_name(request.claimed_by) if is_held else "",
        is_mine=is_held and request.claimed_by_id == account.pk,
        assigned=display_name(request.assigned_to) if request.assigned_to else "",
    )


def _promise(request: CallbackRequest, is_late: bool, now: datetime) -> str:
    if not request.is_open:
        at = request.closed_at
        outcome = CallbackRequest.Outcome(request.outcome).label
        words = {"outcome": outcome, "time": short_time(at, now) if at else ""}
        return _("%(outcome)s, %(time)s") % words
    assert request.call_by is not None  # noqa: S101 - the database holds it
    words = {"time": short_time(request.call_by, now)}
    return (_("Late since %(time)s") if is_late else _("Call by %(time)s")) % words


def _when(request: CallbackRequest, name: Name | None, now: datetime) -> tuple[str, str, bool]:
    """A label, words with the caller's clock, and whether the label warns of calling now."""
    if name is None or request.due_at is None:
        return "", "", False
    if name in (Name.NOW, Name.LEAD):
        advice = when_to_call(request.best_time, request.time_zone, now)
        return advice.label, advice.words, not advice.is_good
    start = max(request.due_at, now)
    return _("From %s") % short_time(start, now), str(callers_time(request.time_zone, start)), False


def _waiting(request: CallbackRequest, now: datetime) -> str:
    if not request.is_open:
        return _("Asked %s") % short_time(request.created_at, now)
    if now - request.created_at < timedelta(minutes=1):
        return _("Came just now")
    return waiting_time(request.created_at, now)
