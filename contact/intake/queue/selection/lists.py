"""The lists that intake works through. Every open request is on exactly one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.intake.capped_counts import RowCount, row_count
from contact.models import CallbackRequest, Desk
from contact.records.requests.queryset import is_due_at

from .paging import RowOrder


class QueueList(models.TextChoices):
    NOW = "now", _("Due now")
    TODAY = "today", _("Due later today")
    WAITING = "waiting", _("Waiting for the next try")
    OUTSIDE = "outside", _("New, due another day")
    LEAD = "lead", _("A lead decides")


LIST_ORDER = {
    QueueList.NOW: RowOrder("turn_at"),
    QueueList.TODAY: RowOrder("due_at"),
    QueueList.WAITING: RowOrder("due_at"),
    QueueList.OUTSIDE: RowOrder("due_at"),
    QueueList.LEAD: RowOrder("turn_at"),
}


def end_of_today(now: datetime) -> datetime:
    """The next midnight on the desk's clock."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, datetime.min.time()))


def list_conditions(name: str, now: datetime, *, only_late: bool = False) -> list[Q]:
    """The conditions for this list: one for each part, in the order of the list.

    Each is one range of an index. Joined by OR, a database would read everything between the
    ranges. With `only_late`, rows promised no sooner than their time may be left out.
    """
    if name == QueueList.LEAD:
        return [Q(closed_at=None, status=CallbackRequest.Status.LEAD)]
    midnight = end_of_today(now)
    ahead = Q(due_at__gt=now)
    if only_late:
        # Uses the partial index callback_overdue.
        ahead &= Q(call_by__lt=F("due_at"))
    # The same rows as CALLABLE, worded so that PostgreSQL estimates their number better.
    callable_now = Q(closed_at=None) & ~Q(status=CallbackRequest.Status.LEAD)
    if name == QueueList.NOW:
        return [callable_now & is_due_at(now)]
    if name == QueueList.TODAY:
        # Hours that passed: `run_jobs` plans the next ones within seconds.
        passed = Q(due_at__lte=now, due_until__lte=now)
        return [callable_now & passed, callable_now & ahead & Q(due_at__lt=midnight)]
    # After a talk that they began there is no try of ours, and yet they are not new.
    is_tried = Q(tries__gt=0) | Q(status=CallbackRequest.Status.TRYING)
    tomorrow = callable_now & ahead & Q(due_at__gte=midnight)
    return [tomorrow & (is_tried if name == QueueList.WAITING else ~is_tried)]


def queue_list_of(request: CallbackRequest, now: datetime) -> QueueList | None:
    """The list on which this request is; None once it is closed."""
    if not request.is_open or request.due_at is None or request.due_until is None:
        return None
    if request.status == CallbackRequest.Status.LEAD:
        return QueueList.LEAD
    if request.due_at <= now:
        return QueueList.NOW if now < request.due_until else QueueList.TODAY
    if request.due_at < end_of_today(now):
        return QueueList.TODAY
    is_tried = request.tries or request.status == CallbackRequest.Status.TRYING
    return QueueList.WAITING if is_tried else QueueList.OUTSIDE


def list_counts(now: datetime, **further: Any) -> dict[str, Any]:
    """The row of `counts_query`, with what missed its hours on the list of today."""
    desks = counts_query(now, **further)
    return add_passed(desks.first() or desks.get(pk=Desk.current().pk))


def counts_query(now: datetime, **further: Any) -> Any:
    """The length of each list, and how many requests are late, missed their hours (`passed`) or
    were promised an earlier call (`earlier`), each counted up to one more than `COUNT_CAP`.

    One query on the single settings row of the desk; `further` expressions ride along.
    """
    passed, ahead = list_conditions(QueueList.TODAY, now)
    conditions = {
        str(name): list_conditions(name, now)[0] for name in QueueList if name != QueueList.TODAY
    }
    conditions |= {
        str(QueueList.TODAY): ahead,
        "passed": passed,
        "late": Q(closed_at=None, call_by__lt=now),
        # The redundant last condition leads SQLite to the partial index callback_earlier, also
        # while it is empty and so has no statistics.
        "earlier": Q(closed_at=None, earlier_call_by__isnull=False, turn_at__isnull=False),
    }
    counts = {name: _capped_count(condition) for name, condition in conditions.items()}
    return Desk.objects.values(**counts, **further)


def add_passed(found: dict[str, Any]) -> dict[str, Any]:
    """Count on the list of today what missed its hours too."""
    found[QueueList.TODAY] += found["passed"]
    return found


def _capped_count(condition: Q) -> RowCount:
    return row_count(CallbackRequest.objects.filter(condition))
