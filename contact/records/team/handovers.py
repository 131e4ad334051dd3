"""Handovers from one shift to the next."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField


class Handover(models.Model):
    """A list made at the end of a shift, for the next shift to acknowledge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+"
    )
    at = models.DateTimeField(_("made at"), default=timezone.now)
    note = EncryptedTextField(_("note"), blank=True, editable=True)
    # Pairs of a request's id and the name of its list.
    items = models.JSONField(default=list)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("acknowledged by"),
        null=True,
        related_name="+",
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)

    class Meta:
        verbose_name = _("handover")
        ordering = ["-at", "-id"]
        default_permissions = ["view", "add", "change"]
        indexes = [
            models.Index("at", condition=Q(acknowledged_at=None), name="handover_unacknowledged"),
            models.Index("at", "id", name="handover_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="handover_acknowledged_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
