"""The statistics of a report: counted by the database, with small groups hidden.

Takes seven queries, whatever the size of the tables.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Q

from contact.models import CallAttempt, CallbackRequest

from .call_statistics import CallStatistics, call_statistics
from .counting import EXCLUDED
from .date_ranges import DateRange
from .disclosure_control import shown
from .request_statistics import RequestStatistics, request_statistics


class Statistics(NamedTuple):
    """`excluded` is the number of requests left out as spam; None: hidden."""

    dates: DateRange
    excluded: int | None
    requests: RequestStatistics
    calls: CallStatistics


def statistics_for(dates: DateRange) -> Statistics:
    """About the requests received and the calls made in these days."""
    received = CallbackRequest.objects.filter(
        created_at__gte=dates.start, created_at__lt=dates.end
    ).order_by()
    calls = CallAttempt.objects.standing().filter(at__gte=dates.start, at__lt=dates.end).order_by()
    requests, excluded = request_statistics(received)
    call_numbers = call_statistics(_calls_to_count(calls, dates))
    return Statistics(dates, shown(excluded), requests, call_numbers)


def _calls_to_count(calls: Any, dates: DateRange) -> Any:
    """The calls of these days without those about spam.

    Only a request that was open in these days can have been called in them. A subquery instead of
    a join: a join would look up the request of every call.
    """
    could_be_called = CallbackRequest.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=dates.start), created_at__lt=dates.end
    )
    for column, values in EXCLUDED.items():
        spam = could_be_called.filter(**{f"{column}__in": values})
        calls = calls.exclude(request__in=spam.values("pk"))
    return calls
