"""Corrections that staff made to what a visitor gave, with the old values sealed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField

from .calls import RequestEntry


class Correction(RequestEntry):
    """`fields` names what changed; `before` is a JSON object of the values that were there."""

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
