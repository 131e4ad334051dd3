"""Calls, talks and notes that staff record on a request. They never change; corrections append."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField
from contact.records.enums import Direction
from contact.records.outcomes import CallOutcome


class RequestPurged(Exception):
    """The request was purged, so nothing can be recorded on it."""


class RequestEntry(models.Model):
    """A record on a request that was not purged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("written by"),
        related_name="+",
        db_index=False,
        editable=False,
    )

    class Meta:
        abstract = True
        ordering = ["at", "id"]
        default_permissions = ["view", "add"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        request: Any = getattr(self, "request", None)
        if (
            self._state.adding
            and type(request).objects.filter(pk=request.pk, purged_at__isnull=False).exists()
        ):
            raise RequestPurged("Nothing is written on a request that was emptied.")
        super().save(*args, **kwargs)


class CallAttemptQuerySet(models.QuerySet["CallAttempt"]):
    def standing(self) -> Self:
        """Return the calls that were not taken back."""
        return self.filter(undone_at=None)


class CallAttempt(RequestEntry):
    """A try of ours, or a talk that they began by calling us or coming to us."""

    Outcome = CallOutcome

    request = models.ForeignKey("contact.CallbackRequest", models.PROTECT, related_name="attempts")
    outcome = models.CharField(_("what happened"), max_length=20, choices=CallOutcome)
    note = EncryptedTextField(_("note"), blank=True, editable=True)
    direction = models.CharField(
        _("direction"), max_length=20, choices=Direction, default=Direction.OUTGOING
    )
    # For reports, which outlive purged data: tries and talks are counted apart.
    number = models.PositiveSmallIntegerField(_("try number"), default=1, editable=False)
    # A correction: it was written down by mistake.
    undone_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    hour_of_week = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar[CallAttemptQuerySet] = CallAttemptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(RequestEntry.Meta):
        verbose_name = _("call")
        indexes = [
            models.Index(
                *("at", "number", "hour_of_week", "by", "outcome", "direction", "undone_at"),
                *("request", "id"),
                name="call_attempt_report",
            ),
            models.Index("by", "outcome", "at", name="call_attempt_by"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """A call or a talk, and its outcome, in words."""
        if Direction(self.direction).is_ours:
            return str(self.get_outcome_display())
        talk = CallOutcome(self.outcome).facts.talk
        return f"{self.get_direction_display()}: {talk}"


class Note(RequestEntry):
    """A free note on a request."""

    request = models.ForeignKey("contact.CallbackRequest", models.PROTECT, related_name="notes")
    text = EncryptedTextField(_("note"), editable=True)

    class Meta(RequestEntry.Meta):
        verbose_name = _("note")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
