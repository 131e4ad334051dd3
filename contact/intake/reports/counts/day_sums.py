"""Sums of whole days: counted once, and again only after something in the day changed.

`run_jobs` counts and stores them. A reader adds those that still hold and counts the other days
itself, so that no figure is older than its page.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from contact.intake.reports.date_ranges import DEFAULT_DAYS, DateRange
from contact.models import CallbackRequest, ReportChange, ReportDay
from contact.records import enums, outcomes
from contact.records.report_days import SECONDS_AN_HOUR
from contact.schedule.opening_hours import ONE_DAY

from . import counting
from . import sums as sums_module
from .counting import Stretch
from .sums import Sums

# The usual report with the days before, and a few more.
RECENT_DAYS = 2 * DEFAULT_DAYS + 5
# The other jobs have their turn after so many.
DAYS_AT_ONCE, CHANGES_AT_ONCE = 10, 20_000


@cache
def counted_by() -> str:
    """Changes with the code that counts, for then sums may mean something else."""
    digest = hashlib.blake2b(digest_size=8)
    for module in (counting, sums_module, enums, outcomes):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def sums_of(*ranges: DateRange) -> list[Sums]:
    """The sums of each range of days; ranges lie close to each other."""
    whole = DateRange(min(each.first for each in ranges), max(each.last for each in ranges))
    held = _held_days(whole)
    found = []
    for dates in ranges:
        sums, days = Sums(), dates.days
        for day in days:
            sums.add(held.get(day, {}))
        sums.add(counting.count(_joined(day for day in days if day not in held)).stored())
        found.append(sums)
    return found


def _held_days(dates: DateRange) -> dict[Stretch, dict[str, dict[str, int]]]:
    """The stored sums of these days that still hold."""
    changes = _changes(dates)
    rows = _stored_days(dates).values_list("start", "end", "changes", "counts")
    return {
        (begun, ended): counts
        for begun, ended, number, counts in rows
        if number == _number(changes, (begun, ended))
    }


def _stored_days(dates: DateRange) -> Any:
    days = ReportDay.objects.filter(start__gte=dates.start, start__lt=dates.end)
    return days.filter(counted_by=counted_by())


def _joined(days: Iterable[Stretch]) -> list[Stretch]:
    """Neighbouring days as one stretch of time."""
    joined: list[Stretch] = []
    for start, end in days:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _changes_within(dates: DateRange) -> Any:
    hours = _hours((dates.start, dates.end))
    is_within = Q(hour__gte=hours.start, hour__lt=hours.stop)
    return ReportChange.objects.filter(is_within | Q(hour=ReportChange.EVERY_HOUR)).order_by()


def _changes(dates: DateRange) -> Counter[int]:
    """The number of changes to each hour. Read it before what is counted."""
    rows = _changes_within(dates).values_list("hour").annotate(Sum("number"))
    return Counter(dict(rows))


def _hours(stretch: Stretch) -> range:
    """The hours since 1970 that it touches."""
    start, end = (int(moment.timestamp()) for moment in stretch)
    return range(start // SECONDS_AN_HOUR, -(-end // SECONDS_AN_HOUR))


def _number(changes: Counter[int], day: Stretch) -> int:
    return changes[ReportChange.EVERY_HOUR] + sum(changes[hour] for hour in _hours(day))


def count_days(is_stopping: Callable[[], bool] = bool, *, recent: bool = False) -> int:
    """Count days whose sums are missing or hold no more, the newest first; return how many.

    `recent`: look at no others than those that reports usually show.
    """
    asked = CallbackRequest.objects.aggregate(first=Min("created_at"))["first"]
    if asked is None:
        return 0
    first, today = timezone.localdate(asked), timezone.localdate()
    if recent:
        first = max(first, today - RECENT_DAYS * ONE_DAY)
    return _count_days(DateRange(min(first, today), today), is_stopping)


def _count_days(dates: DateRange, is_stopping: Callable[[], bool]) -> int:
    changes = _changes(dates)
    days = dates.days[::-1]
    held = {
        (start, end): number
        for start, end, number in _stored_days(dates).values_list("start", "end", "changes")
    }
    due = [day for day in days if held.get(day) != _number(changes, day)]
    counted = []
    for day in due[:DAYS_AT_ONCE]:
        if is_stopping():
            break
        counts = counting.count([day]).stored()
        number = _number(changes, day)
        counted.append(ReportDay(start=day[0], end=day[1], changes=number,
                                 counted_by=counted_by(), counts=counts))  # fmt: skip
    ReportDay.objects.bulk_create(
        counted,
        update_conflicts=True,
        unique_fields=["start"],
        update_fields=["end", "changes", "counted_by", "counts"],
    )
    _fold_changes(dates)
    return len(counted)


def _fold_changes(dates: DateRange) -> None:
    """Put the changes to each hour into one row. Twice at once, the sum grows, which is no harm."""
    changes = _changes_within(dates)
    several = changes.values("hour").annotate(rows=Count("pk")).filter(rows__gt=1)
    rows = changes.filter(hour__in=list(several.values_list("hour", flat=True)))
    folded: Counter[int] = Counter()
    keys = []
    for key, hour, number in rows.values_list("pk", "hour", "number")[:CHANGES_AT_ONCE]:
        keys.append(key)
        folded[hour] += number
    if keys:
        with transaction.atomic():
            ReportChange.objects.filter(pk__in=keys).delete()
            ReportChange.objects.bulk_create(
                ReportChange(hour=hour, number=number) for hour, number in folded.items()
            )
