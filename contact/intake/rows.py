"""A request as a line of a list: what to do when, never who."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..calling_hours import callers_time, when_to_call
from ..encryption import EncryptedTextField
from ..models import CallbackRequest, CallbackRequestQuerySet
from .filters import shown_name
from .lists import Name, list_of

# Those whose words stand in their rows; the others say for whom they ask.
SAID = (CallbackRequest.Priority.DANGER, CallbackRequest.Priority.AUTOMATIC)


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
    """What rows are made of, without loading anybody's words."""
    return queryset.defer(*(field.name for field in EncryptedTextField.of(CallbackRequest)))


def with_staff(requests: list[CallbackRequest]) -> None:
    """Load who holds them and who is to call; one query.

    Joined, the database would look up the staff of a whole list before it cuts off a page.
    """
    ids = {pk for each in requests for pk in (each.claimed_by_id, each.assigned_to_id) if pk}
    accounts = get_user_model().objects.in_bulk(ids)
    for each in requests:
        each.claimed_by = accounts.get(each.claimed_by_id)
        each.assigned_to = accounts.get(each.assigned_to_id)


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
        language=request.get_language_display() if is_other else "",
        priority=str(priority.label) if priority in SAID else "",
        is_danger=priority == CallbackRequest.Priority.DANGER,
        holder=shown_name(request.claimed_by) if is_held else "",
        is_mine=is_held and request.claimed_by_id == account.pk,
        assigned=shown_name(request.assigned_to) if request.assigned_to else "",
    )


def moment(at: datetime, now: datetime) -> str:
    """On the desk's clock; the day only if it isn't today."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    distance = abs(local.date() - today)
    if not distance:
        return date_format(local, "P")
    if distance < timedelta(days=7) and local.date() > today:
        return date_format(local, "D P")
    return date_format(local, "M j, P" if local.year == today.year else "M j, Y")


def _promise(request: CallbackRequest, is_late: bool, now: datetime) -> str:
    if not request.is_open:
        words = {"outcome": request.get_outcome_display()}
        at = request.closed_at
        return _("%(outcome)s, %(time)s") % {**words, "time": moment(at, now) if at else ""}
    assert request.call_by is not None  # noqa: S101 - the database holds it
    words = {"time": moment(request.call_by, now)}
    return (_("Late since %(time)s") if is_late else _("Call by %(time)s")) % words


def _when(request: CallbackRequest, name: Name | None, now: datetime) -> tuple[str, str, bool]:
    """A label, words with the caller's clock, and whether the label warns of calling now."""
    if name is None or request.due_at is None:
        return "", "", False
    if name in (Name.NOW, Name.LEAD):
        advice = when_to_call(request.best_time, request.time_zone, now)
        return advice.label, advice.words, not advice.is_good
    start = max(request.due_at, now)
    theirs = callers_time(request.time_zone, start)
    return _("From %s") % moment(start, now), str(theirs), False


def _waiting(request: CallbackRequest, now: datetime) -> str:
    if not request.is_open:
        return _("Asked %s") % moment(request.created_at, now)
    if now - request.created_at < timedelta(minutes=1):
        return _("Came just now")
    return _("Waiting %s") % timesince(request.created_at, now, depth=1)
