"""Legal holds: records that stay although their time is over or somebody wants them erased."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing(self) -> Self:
        """Return the holds that nobody lifted, the newest first."""
        return self.filter(lifted_at=None).order_by("-at", "-id")


class LegalHold(models.Model):
    """Keeps the requests that point to it, and those linked as the same person's.

    Neither the purge nor an erasure touches them until a privacy officer lifts it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("set at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("set by"),
        related_name="+",
        db_index=False,
        editable=False,
    )
    # Sealed, because the reason may name a case.
    reason = EncryptedTextField(_("reason"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("lifted by"),
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
    )
    lift_reason = EncryptedTextField(_("why it was lifted"), blank=True)

    objects: ClassVar[LegalHoldQuerySet] = LegalHoldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        default_permissions = ()
        indexes = [
            models.Index("at", "id", condition=Q(lifted_at=None), name="legal_hold_standing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
