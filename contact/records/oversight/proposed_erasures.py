"""Erasures on demand that one person asked for and a second one has to confirm."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField

# Where nobody else could confirm it, whoever asked may do so after so long.
ALONE_AFTER = timedelta(days=3)


class ProposedErasureQuerySet(models.QuerySet["ProposedErasure"]):
    def waiting(self) -> Self:
        """Return what nobody confirmed or took back, the oldest first."""
        return self.filter(ended_at=None).order_by("at", "pk")


class ProposedErasure(models.Model):
    """`request_ids` is what whoever asked saw: nothing else is erased by a confirmation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey("contact.CallbackRequest", models.PROTECT, related_name="+")
    request_ids = models.JSONField(default=list, editable=False)
    at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("asked by"),
        related_name="+",
        db_index=False,
        editable=False,
    )
    reason = EncryptedTextField(_("reason"))
    ended_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[ProposedErasureQuerySet] = ProposedErasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("proposed erasure")
        verbose_name_plural = _("proposed erasures")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_at=None), name="erasure_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"

    @property
    def alone_from(self) -> datetime:
        """From when on whoever asked may confirm it, if nobody else can."""
        return self.at + ALONE_AFTER
