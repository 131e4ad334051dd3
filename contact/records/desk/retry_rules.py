"""Retry rules: when to call again after each outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contact.records.outcomes import CallOutcome
from contact.schedule.calling_hours import BestTime, possible_zones, window
from contact.schedule.opening_hours import MIDNIGHT, Schedule, Span, moment_of
from contact.schedule.slots import CallPreferences, next_slot, preferred_window


class RetryStep(models.Model):
    """A rule for the next call after the n-th call with this outcome; without one, a lead decides.

    Urgent requests use an urgent rule before the one for everybody.
    """

    class PartOfDay(models.TextChoices):
        MORNING = BestTime.MORNING.value, _("in the morning")
        AFTERNOON = BestTime.AFTERNOON.value, _("in the afternoon")
        EVENING = BestTime.EVENING.value, _("in the evening")

    outcome = models.CharField(_("after"), max_length=20, choices=CallOutcome)
    tries = models.PositiveSmallIntegerField(
        _("on try number"), validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    is_urgent = models.BooleanField(
        _("only after words that may mean danger"),
        default=False,
        help_text=_("For them, it goes before the step for everybody."),
    )
    minutes = models.PositiveIntegerField(
        _("wait minutes"), null=True, blank=True, validators=[MaxValueValidator(60 * 24 * 60)]
    )
    days = models.PositiveSmallIntegerField(
        _("or days"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    part_of_day = models.CharField(
        _("and then"),
        max_length=20,
        choices=PartOfDay,
        blank=True,
        help_text=_("On the caller's clock. The time of day that they chose goes before this."),
    )

    class Meta:
        verbose_name = _("next try")
        verbose_name_plural = _("next tries")
        ordering = ["outcome", "tries", "is_urgent"]
        constraints = [
            models.UniqueConstraint(
                fields=["outcome", "tries", "is_urgent"], name="retry_step_once"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=False, days=None, part_of_day="")
                | Q(minutes=None, days__isnull=False),
                name="retry_step_minutes_or_days",
                violation_error_message=_("Give either minutes, or days and a part of the day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.tries}"


def next_try(
    schedule: Schedule,
    caller: CallPreferences,
    outcome: str,
    tries: int,
    now: datetime,
    *,
    is_urgent: bool = False,
) -> Span | None:
    """Return the slot after this outcome of call number `tries`; None if a lead decides."""
    steps = RetryStep.objects.filter(outcome=outcome, tries=tries)
    if not is_urgent:
        steps = steps.filter(is_urgent=False)
    step = steps.order_by("-is_urgent").first()
    return slot_by(step, schedule, caller, now) if step else None


def slot_by(step: RetryStep, schedule: Schedule, caller: CallPreferences, now: datetime) -> Span:
    """Return the slot in which this rule calls again after a call at `now`."""
    now = now.astimezone(UTC)
    if step.days is None:
        return next_slot(schedule, caller, now + timedelta(minutes=step.minutes or 0))
    if window(caller.best_time) == BestTime.ANY.window:
        caller = caller._replace(best_time=step.part_of_day)
    return next_slot(schedule, caller, _days_ahead(schedule, caller, step.days, now))


def _days_ahead(schedule: Schedule, caller: CallPreferences, days: int, now: datetime) -> datetime:
    if not days:
        # Later today means after the part of the day in which the call was.
        span = preferred_window(caller, now)
        return span.end if span.start == now else span.start
    clocks = possible_zones(caller.time_zone, caller.number_zones)
    zone = clocks[0] if len(clocks) == 1 else ZoneInfo(schedule.time_zone)
    return moment_of(now.astimezone(zone).date() + timedelta(days=days), MIDNIGHT, zone)
