"""The lists that intake works through. Every open request is on exactly one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.intake import capped_counts
from contact.models import CallbackRequest, Desk

from .paging import Order


class Name(models.TextChoices):
    NOW = "now", _("Due now")
    TODAY = "today", _("Due later today")
    WAITING = "waiting", _("Waiting for the next try")
    OUTSIDE = "outside", _("New, outside hours")
    LEAD = "lead", _("A lead decides")


ORDER = {
    Name.NOW: Order("turn_at"),
    Name.TODAY: Order("due_at"),
    Name.WAITING: Order("due_at"),
    Name.OUTSIDE: Order("due_at"),
    Name.LEAD: Order("turn_at"),
}


def end_of_today(now: datetime) -> datetime:
    """The next midnight on the desk's clock."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, datetime.min.time()))


def stretches(name: str, now: datetime, *, is_late: bool = False) -> list[Q]:
    """What is on this list, in parts that follow one another in its order.

    Each is one range of an index; joined by OR, a database reads all that lies between them.
    With `is_late`, those who were promised nothing sooner than their time may be left out.
    """
    if name == Name.LEAD:
        return [Q(closed_at=None, status=CallbackRequest.Status.LEAD)]
    midnight = end_of_today(now)
    ahead = Q(due_at__gt=now)
    if is_late:
        # Few: an index of its own saves the way through all who wait.
        ahead &= Q(call_by__lt=F("due_at"))
    # The other way to say CALLABLE, from which PostgreSQL guesses better how many there are.
    tried = Q(closed_at=None) & ~Q(status=CallbackRequest.Status.LEAD)
    if name == Name.NOW:
        return [tried & CallbackRequest.is_due_at(now)]
    if name == Name.TODAY:
        # Those whose hours have passed are given their next ones within seconds.
        passed = Q(due_at__lte=now, due_until__lte=now)
        return [tried & passed, tried & ahead & Q(due_at__lt=midnight)]
    tomorrow = tried & ahead & Q(due_at__gte=midnight)
    return [tomorrow & (Q(tries__gt=0) if name == Name.WAITING else Q(tries=0))]


def list_of(request: CallbackRequest, now: datetime) -> Name | None:
    """The list on which this request is; None once it is closed."""
    if not request.is_open or request.due_at is None or request.due_until is None:
        return None
    if request.status == CallbackRequest.Status.LEAD:
        return Name.LEAD
    if request.due_at <= now:
        return Name.NOW if now < request.due_until else Name.TODAY
    if request.due_at < end_of_today(now):
        return Name.TODAY
    return Name.WAITING if request.tries else Name.OUTSIDE


def counts(now: datetime, **further: Any) -> dict[str, Any]:
    """How many are on each list, how many of today's have hours that passed, and how many are
    late, each counted up to one more than `COUNT_CAP`.

    One query, which hangs on the desk's one row; `further` is asked with it.
    """
    passed, ahead = stretches(Name.TODAY, now)
    alone = {str(name): stretches(name, now)[0] for name in Name if name != Name.TODAY}
    late = Q(closed_at=None, call_by__lt=now)
    parts = {**alone, "passed": passed, Name.TODAY: ahead, "late": late}
    wanted = {str(name): _number_of(part) for name, part in parts.items()}
    desks: Any = Desk.objects.values(**wanted, **further)
    found: dict[str, Any] = desks.first() or desks.get(pk=Desk.current().pk)
    found[Name.TODAY] += found["passed"]
    return found


class NumberOf(Subquery):
    """How many rows a sliced queryset has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS found)"
    output_field = models.IntegerField()


def _number_of(condition: Q) -> NumberOf:
    # A column that every index of open requests holds: their rows are not read.
    rows = CallbackRequest.objects.filter(condition).order_by().values("closed_at")
    return NumberOf(rows[: capped_counts.COUNT_CAP + 1])
