"""Sums of the days that reports show, and what changed after they were counted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

SECONDS_AN_HOUR = 3600


class ReportDay(models.Model):
    """What was counted of one day on the desk's calendar: numbers alone, of nobody in particular.

    It holds while `changes` is the number of changes to the day's hours, and while the code that
    counts is the one that counted.
    """

    start = models.DateTimeField(primary_key=True)
    end = models.DateTimeField()
    changes = models.PositiveBigIntegerField()
    counted_by = models.CharField(max_length=32)
    counts = models.JSONField()

    class Meta:
        verbose_name = _("day of reports")
        verbose_name_plural = _("days of reports")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d}"


class ReportChange(models.Model):
    """So many changes to what reports count of an hour.

    Triggers add rows and never touch one, so that writers do not wait for each other. A sum over
    an hour's rows never falls: a sum that was read before counting shows whatever changed since.
    """

    # A change that may concern any hour.
    EVERY_HOUR = 0

    # Hours since 1970, in UTC.
    hour = models.PositiveIntegerField()
    number = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("change to reports")
        verbose_name_plural = _("changes to reports")
        default_permissions = ()
        indexes = [models.Index("hour", "number", "id", name="report_change_hour")]

    def __str__(self) -> str:
        return f"{self.hour}: {self.number}"
