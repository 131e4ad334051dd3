"""The settings of the intake desk, and the lock under which its claims take turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class Desk(models.Model):
    """Settings of intake, in a single row; `looked_at` is when staff last viewed the queue."""

    target_minutes = models.PositiveSmallIntegerField(
        _("minutes until the first call"),
        default=60,
        validators=[MinValueValidator(1)],
        help_text=_("Of opening time. What the team aims at, and what visitors are told."),
    )
    minutes_per_call = models.PositiveSmallIntegerField(
        _("minutes that a call takes"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("With its notes. When many wait, visitors are told a later time by it."),
    )
    unattended_minutes = models.PositiveSmallIntegerField(
        _("minutes without anyone at the queue"),
        default=30,
        validators=[MinValueValidator(1)],
        help_text=_("When someone waits for so long in opening hours, the leads get a mail."),
    )
    review_days = models.PositiveSmallIntegerField(
        _("days until an open request is reviewed"),
        default=60,
        validators=[MinValueValidator(7)],
        help_text=_("After so many days, a lead keeps it open with a reason, or closes it."),
    )
    looked_at = models.DateTimeField(null=True, editable=False)
    alerted_at = models.DateTimeField(null=True, editable=False)
    danger_alerted_at = models.DateTimeField(null=True, editable=False)
    # The last mail about new requests.
    mailed_at = models.DateTimeField(null=True, editable=False)
    # Since when no mail goes out, and the kind of the last error.
    mail_failed_at = models.DateTimeField(null=True, editable=False)
    mail_error = models.CharField(max_length=100, blank=True, default="", editable=False)
    # The day from which the next round looks for unusual reading.
    reading_checked_on = models.DateField(null=True, editable=False)
    # The last time by the clock while it went on, and a jump of more than a day that still waits.
    clock_seen_at = models.DateTimeField(null=True, editable=False)
    clock_jumped_from = models.DateTimeField(null=True, editable=False)
    clock_jumped_at = models.DateTimeField(null=True, editable=False)
    # The planning rules by which all open requests were planned last.
    planned_by = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("rules of the desk")
        verbose_name_plural = _("rules of the desk")
        default_permissions = ["view", "change"]

    def __str__(self) -> str:
        return str(_("Rules of the desk"))

    @classmethod
    def current(cls) -> Self:
        """Return the row, made with its defaults if it is missing."""
        return cls.objects.get_or_create(pk=1)[0]


@contextmanager
def desk_lock() -> Iterator[None]:
    """Open a transaction that holds the lock of the desk, so that claims run one after another."""
    Desk.current()
    with transaction.atomic():
        Desk.objects.select_for_update().get(pk=1)
        yield
