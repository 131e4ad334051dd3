"""The statistics of a report.

The number of queries depends neither on the size of the tables nor on the number of days.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils import timezone

from contact.intake.reports.date_ranges import DateRange
from contact.intake.reports.disclosure_control import PROTECTED, DisclosureControl
from contact.records.desk.desk import Desk

from .call_statistics import CallStatistics, call_statistics, reached_by_calls
from .came_in import CameIn, came_in
from .counting import count_recent
from .day_sums import sums_of
from .first_tries import TriesStatistics, tries_statistics
from .request_statistics import RequestStatistics, request_statistics
from .sums import Sums


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
    sums, sums_before = sums_of(dates, dates.before)
    return Statistics(
        dates,
        control,
        control.shown(sums.requests["left_out"]),
        request_statistics(sums, control),
        tries_statistics(sums, target, control),
        _came_in(dates, sums, control),
        call_statistics(sums, control),
        _before(dates.before, sums_before, target, control),
    )


def _before(dates: DateRange, sums: Sums, target: int, control: DisclosureControl) -> Before:
    tries = tries_statistics(sums, target, control)
    return Before(
        control.shown(tries.total),
        tries,
        _came_in(dates, sums, control),
        *reached_by_calls(sums, control),
    )


def _came_in(dates: DateRange, sums: Sums, control: DisclosureControl) -> CameIn:
    recent = count_recent(timezone.now(), (dates.start, dates.end))
    return came_in(sums, recent, control)
