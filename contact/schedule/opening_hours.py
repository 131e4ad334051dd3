"""When the intake desk is staffed: weekly hours, lunch, holidays. A new site has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

MIDNIGHT = time(0)
ONE_DAY = timedelta(days=1)
HORIZON = timedelta(days=400)
# A longer break is no holiday: somebody has not finished entering the hours.
LONGEST_BREAK = timedelta(days=60)
CLOSES_HELP = _("12 a.m. stands for midnight at the end of the day.")


class Hours(NamedTuple):
    """Opening hours within one day on the desk's clock; closing at 0:00 means its end."""

    opens: time
    closes: time


class Span(NamedTuple):
    """A time interval between two aware datetimes, without its end."""

    start: datetime
    end: datetime


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the zone's clock shows this time.

    A time that occurs twice means the first; a skipped time uses the offset before the gap
    (RFC 5545, 3.3.5).
    """
    return datetime.combine(day, clock, zone).astimezone(UTC)


def hour_of_week(moment: datetime) -> int:
    """Return the hour on the desk's clock: 0 is Monday 0 a.m., 167 is Sunday 11 p.m."""
    local = moment.astimezone(timezone.get_default_timezone())
    return local.weekday() * 24 + local.hour


class OpeningHours(models.Model):
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=list(WEEKDAYS.items()))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=CLOSES_HELP)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(
                condition=Q(closes=MIDNIGHT) | Q(closes__gt=F("opens")),
                name="opening_hours_forward",
                violation_error_message=_("The desk must close after it opens."),
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        hours = f"{date_format(_today(self.opens), 'P')} – {date_format(_today(self.closes), 'P')}"
        return f"{self.get_weekday_display()} {hours}"

    def clean(self) -> None:
        if self.weekday is None or not self.opens or not self.closes:
            return
        same_day = OpeningHours.objects.filter(weekday=self.weekday).exclude(pk=self.pk)
        for other in same_day:
            if _ends(other) > self.opens and _ends(self) > other.opens:
                raise ValidationError(_("These hours overlap with others of the same day."))


class SpecialDay(models.Model):
    """A holiday, or a day with hours of its own. A date has one row for each of its intervals."""

    date = models.DateField(_("date"))
    name = models.CharField(_("what day it is"), max_length=100)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(
        _("closes"), null=True, blank=True, help_text=_("Both times empty: closed all day.")
    )

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("holidays and special days")
        ordering = ["date", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | Q(opens__isnull=False, closes__isnull=False)
                & (Q(closes=MIDNIGHT) | Q(closes__gt=F("opens"))),
                name="special_day_forward",
                violation_error_message=_(
                    "Give both times, the closing one later; or none, if the desk is closed."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"


def _today(clock: time) -> datetime:
    return datetime.combine(datetime.min, clock)


def _ends(hours: OpeningHours) -> time:
    return time.max if hours.closes == MIDNIGHT else hours.closes


class Schedule(NamedTuple):
    """The desk's hours as plain values. An empty schedule means unknown, not closed."""

    weekly: dict[int, tuple[Hours, ...]]
    special: dict[date, tuple[Hours, ...]]
    time_zone: str

    @classmethod
    def current(cls) -> Schedule:
        """Load the stored hours, in two queries."""
        return cls.of(OpeningHours.objects.all(), SpecialDay.objects.all())

    @classmethod
    def of(
        cls, weekly_rows: Iterable[OpeningHours], special_days: Iterable[SpecialDay]
    ) -> Schedule:
        """Return the hours that these rows say, stored or not; the rows of a day in order."""
        weekly: dict[int, list[Hours]] = {}
        for row in weekly_rows:
            weekly.setdefault(row.weekday, []).append(Hours(row.opens, row.closes))
        special: dict[date, list[Hours]] = {}
        for day in special_days:
            hours_of_day = special.setdefault(day.date, [])
            if day.opens is not None and day.closes is not None:
                hours_of_day.append(Hours(day.opens, day.closes))
        return cls(
            {weekday: tuple(hours) for weekday, hours in weekly.items()},
            {day: tuple(hours) for day, hours in special.items()},
            settings.TIME_ZONE,
        )

    @property
    def is_known(self) -> bool:
        return any(self.weekly.values()) or any(self.special.values())

    def spans(self, after: datetime, until: datetime | None = None) -> Iterator[Span]:
        """Yield the staffed spans between both moments, in UTC and in order.

        Without `until`, look 400 days ahead. Adjacent spans are merged. Unknown hours are a
        single span.
        """
        merged: Span | None = None
        for span in self._unmerged_spans(after, until):
            if merged and span.start <= merged.end:
                merged = Span(merged.start, max(merged.end, span.end))
                continue
            if merged:
                yield merged
            merged = span
        if merged:
            yield merged

    def _unmerged_spans(self, after: datetime, until: datetime | None = None) -> Iterator[Span]:
        # Merging would read the whole year to find the first span of a desk that never closes.
        after = after.astimezone(UTC)
        until = until.astimezone(UTC) if until else after + HORIZON
        if not self.is_known:
            if after < until:
                yield Span(after, until)
            return
        zone = ZoneInfo(self.time_zone)
        day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
        while day <= last:
            for start, end in sorted(self._day(day, zone)):
                start, end = max(start, after), min(end, until)
                if start < end:
                    yield Span(start, end)
            day += ONE_DAY

    def _day(self, day: date, zone: ZoneInfo) -> Iterator[Span]:
        for opens, closes in self.special.get(day, self.weekly.get(day.weekday(), ())):
            closing_day = day + ONE_DAY if closes == MIDNIGHT else day
            yield Span(moment_of(day, opens, zone), moment_of(closing_day, closes, zone))

    def next_opening(self, after: datetime) -> datetime | None:
        """Return the first staffed moment from `after` on; None if there is none within 60 days."""
        until = after.astimezone(UTC) + LONGEST_BREAK
        return next((span.start for span in self._unmerged_spans(after, until)), None)

    def is_open(self, moment: datetime) -> bool:
        # Compare in UTC: aware datetimes in a repeated hour never compare equal across zones.
        return self.next_opening(moment) == moment.astimezone(UTC)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Count whole minutes of opening time; unknown hours count every minute."""
        staffed = (span.end - span.start for span in self.spans(start, end))
        return sum(staffed, timedelta()) // timedelta(minutes=1)

    def as_json(self) -> dict[str, Any]:
        """Return values that survive JSON unchanged."""
        return {
            "weekly": {str(weekday): _texts(hours) for weekday, hours in self.weekly.items()},
            "special": {day.isoformat(): _texts(hours) for day, hours in self.special.items()},
            "time_zone": self.time_zone,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Schedule:
        """Restore a schedule from `as_json`; raise KeyError or ValueError for anything else."""
        return cls(
            {int(weekday): _hours(texts) for weekday, texts in values["weekly"].items()},
            {date.fromisoformat(day): _hours(texts) for day, texts in values["special"].items()},
            values["time_zone"],
        )


def _texts(hours: tuple[Hours, ...]) -> list[list[str]]:
    return [[opens.isoformat(), closes.isoformat()] for opens, closes in hours]


def _hours(texts: list[list[str]]) -> tuple[Hours, ...]:
    return tuple(
        Hours(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in texts
    )
