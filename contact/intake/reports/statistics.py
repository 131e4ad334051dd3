"""The statistics of a report, counted by the database.

The number of queries does not depend on the size of the tables.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Q

from contact.models import CallAttempt, CallbackRequest
from contact.records.desk import Desk

from .call_statistics import CallStatistics, call_statistics, reached_by_calls
from .came_in import CameIn, came_in
from .counting import IS_SPAM, without_uncounted
from .date_ranges import DateRange
from .disclosure_control import PROTECTED, DisclosureControl
from .first_tries import TriesStatistics, tries_statistics
from .request_statistics import RequestStatistics, request_statistics


class Before(NamedTuple):
    """What is compared, in the days before; None: hidden."""

    total: int | None
    tries: TriesStatistics
    came_in: CameIn
    calls: int | None
    reached: int | None


class Statistics(NamedTuple):
    """`excluded` is the number of requests left out as spam; None: hidden."""

    dates: DateRange
    control: DisclosureControl
    excluded: int | None
    requests: RequestStatistics
    tries: TriesStatistics
    came_in: CameIn
    calls: CallStatistics
    before: Before


def statistics_for(dates: DateRange, control: DisclosureControl = PROTECTED) -> Statistics:
    """About the requests received and the calls made in these days."""
    target = Desk.current().target_minutes
    requests, excluded = request_statistics(_received(dates), control)
    tries = tries_statistics(_to_time(dates), target, control)
    return Statistics(
        dates,
        control,
        control.shown(excluded),
        requests,
        tries,
        came_in(_received(dates), tries.total, control),
        call_statistics(_calls(dates), control),
        _before(dates.before, target, control),
    )


def _before(dates: DateRange, target: int, control: DisclosureControl) -> Before:
    tries = tries_statistics(_to_time(dates), target, control)
    return Before(
        control.shown(tries.total),
        tries,
        came_in(_received(dates), tries.total, control),
        *reached_by_calls(_calls(dates), control),
    )


def _received(dates: DateRange) -> Any:
    asked = CallbackRequest.objects.filter(created_at__gte=dates.start, created_at__lt=dates.end)
    return asked.order_by()


def _to_time(dates: DateRange) -> Any:
    return _received(dates).filter(Q(is_secret_shopper=True) | ~IS_SPAM)


def _calls(dates: DateRange) -> Any:
    """The calls of these days. Only a request that was open in them can have been called."""
    calls = CallAttempt.objects.standing().filter(at__gte=dates.start, at__lt=dates.end)
    could_be_called = CallbackRequest.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=dates.start), created_at__lt=dates.end
    )
    return without_uncounted(calls.order_by(), could_be_called)
