"""Clocks and days in words, kept: a desk looks at the same rows again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contact.schedule import calling_hours

MINUTE = timedelta(minutes=1)
NOON = time(12)


def _kept[*Values, Words](say: Callable[[*Values], Words]) -> Callable[[*Values], Words]:
    """Say the same of the same values, in the same language and on the same desk's clock."""

    @lru_cache(maxsize=2000)
    def said(language: str | None, clock: str, values: tuple[*Values]) -> Words:
        return say(*values)

    return lambda *values: said(get_language(), timezone.get_current_timezone_name(), values)


def moment(at: datetime, now: datetime) -> str:
    """On the desk's clock; the day only if it isn't today."""
    return _moment(_minute(at), timezone.localtime(now).date())


def spoken(at: datetime, now: datetime) -> str:
    """A day and time as people say it, on the desk's clock."""
    return _spoken(_minute(at), timezone.localtime(now).date())


def callers_time(time_zone: str, at: datetime) -> str:
    """The caller's clock, in words."""
    return _callers_time(time_zone, _minute(at))


def when_to_call(best_time: str, time_zone: str, now: datetime) -> calling_hours.Advice:
    """Whether to call now, and why."""
    return _when_to_call(best_time, time_zone, _minute(now))


def waited(since: datetime, now: datetime) -> str:
    """For how long, in one unit; from a minute on."""
    return _waited(since, (now - since) // MINUTE)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


@_kept
def _moment(at: datetime, today: date) -> str:
    local = timezone.localtime(at)
    distance = abs(local.date() - today)
    if not distance:
        return date_format(local, "P")
    if distance < timedelta(days=7) and local.date() > today:
        return date_format(local, "D P")
    return date_format(local, "M j, P" if local.year == today.year else "M j, Y")


@_kept
def _spoken(at: datetime, today: date) -> str:
    return calling_hours.spoken(at, now=timezone.make_aware(datetime.combine(today, NOON)))


@_kept
def _callers_time(time_zone: str, at: datetime) -> str:
    return str(calling_hours.callers_time(time_zone, at))


@_kept
def _when_to_call(best_time: str, time_zone: str, now: datetime) -> calling_hours.Advice:
    return calling_hours.when_to_call(best_time, time_zone, now)


@_kept
def _waited(since: datetime, minutes: int) -> str:
    return _("Waiting %s") % timesince(since, since + minutes * MINUTE, depth=1)
