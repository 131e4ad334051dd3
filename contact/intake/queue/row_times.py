"""Times as the rows of a list show them, on the desk's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext


def short_time(moment: datetime, now: datetime) -> str:
    """The time, with the day unless it is today."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return date_format(local, "P")
    if today < local.date() < today + timedelta(days=7):
        return date_format(local, "D P")
    return date_format(local, "M j, P" if local.year == today.year else "M j, Y")


def waiting_time(since: datetime, now: datetime) -> str:
    """How long someone has waited, in one unit; from one minute on."""
    return gettext("Waiting %s") % timesince(since, now, depth=1)
