"""A range of days on the desk's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from contact.schedule.opening_hours import moment_of

USUAL_DAYS = 30


class Period(NamedTuple):
    """Both days are part of it."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """No longer part of it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def query(self) -> str:
        return f"from={self.first.isoformat()}&to={self.last.isoformat()}"


def _midnight(day: date) -> datetime:
    return moment_of(day, time(0), timezone.get_default_timezone())


def usual_period() -> Period:
    """The last thirty days, with today."""
    return until(timezone.localdate())


def until(last: date) -> Period:
    return Period(last - timedelta(days=USUAL_DAYS - 1), last)
