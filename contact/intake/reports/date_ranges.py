"""A range of days on the desk's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils import timezone

from contact.schedule.opening_hours import ONE_DAY, moment_of

DEFAULT_DAYS = 30


class DateRange(NamedTuple):
    """Both days are included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the range."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[tuple[datetime, datetime]]:
        """The start and the end of each day."""
        number = (self.last - self.first).days + 1
        return list(pairwise(_midnight(self.first + n * ONE_DAY) for n in range(number + 1)))

    @property
    def before(self) -> DateRange:
        """The range of the same length that ends right before this one."""
        return DateRange(self.first - (self.last - self.first) - ONE_DAY, self.first - ONE_DAY)

    @property
    def query(self) -> str:
        return f"from={self.first.isoformat()}&to={self.last.isoformat()}"


def _midnight(day: date) -> datetime:
    return moment_of(day, time(0), timezone.get_default_timezone())


def default_range() -> DateRange:
    """The last thirty days, including today."""
    return range_until(timezone.localdate())


def range_until(last: date) -> DateRange:
    return DateRange(last - timedelta(days=DEFAULT_DAYS - 1), last)
