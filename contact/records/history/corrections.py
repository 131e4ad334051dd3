"""Corrections of what a visitor gave, with the old values sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField

from .calls import RequestEntry


class Correction(RequestEntry):
    """`fields` names what changed; `before` is a JSON object of the values that were there."""

    # Nobody's where the visitor corrected it.
    by = models.ForeignKey(  # type: ignore[assignment]
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("written by"),
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
    )

    request = models.ForeignKey(
        "contact.CallbackRequest", models.PROTECT, related_name="corrections"
    )
    fields = models.CharField(max_length=200, editable=False)
    before = EncryptedTextField()

    class Meta(RequestEntry.Meta):
        verbose_name = _("correction")
        default_permissions = []

    def __str__(self) -> str:
        return self.fields
