"""How long closed requests of one kind are kept, where it is not RETENTION_DAYS."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contact.records.outcomes import RequestOutcome

# The journal restores rows for a day; it must not restore data that was purged.
MINIMUM_DAYS = 2
# Six years, for which 45 CFR 164.528 lets a person ask what was disclosed.
MAXIMUM_DAYS = 2192


class RetentionRule(models.Model):
    """The days for which requests that ended so are kept after they were closed."""

    outcome = models.CharField(
        _("how it ended"), max_length=20, choices=RequestOutcome, unique=True
    )
    days = models.PositiveSmallIntegerField(
        _("days until it is emptied"),
        validators=[MinValueValidator(MINIMUM_DAYS), MaxValueValidator(MAXIMUM_DAYS)],
        help_text=_("Counted from the day it was closed. At most 2,192: six years."),
    )
    note = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("time that a kind of request is kept")
        verbose_name_plural = _("times that kinds of requests are kept")
        ordering = ["outcome"]
        default_permissions = ["view", "add", "change"]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


def days_kept() -> dict[str, int]:
    """Return for how many days each kind is kept."""
    rules = dict(RetentionRule.objects.values_list("outcome", "days"))
    return {outcome: rules.get(outcome, settings.RETENTION_DAYS) for outcome in RequestOutcome}


def is_over(now: datetime, kept: dict[str, int]) -> Q:
    """Match closed requests that were kept for their time: one range of an index for each kind."""
    outcomes: dict[int, list[str]] = defaultdict(list)
    for outcome, days in kept.items():
        outcomes[days].append(outcome)
    condition = Q()
    for days, kinds in outcomes.items():
        condition |= Q(outcome__in=kinds, closed_at__lt=now - timedelta(days=days))
    return condition
