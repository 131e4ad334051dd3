"""A lead's decision to keep a request open that has been open for long."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField

from .calls import RequestEntry


class OpenReview(RequestEntry):
    """Why a request stays open, and until when nobody needs to look at it again."""

    request = models.ForeignKey("contact.CallbackRequest", models.PROTECT, related_name="reviews")
    until = models.DateField(_("until"))
    reason = EncryptedTextField(_("why it stays open"))

    class Meta(RequestEntry.Meta):
        verbose_name = _("review of an open request")
        verbose_name_plural = _("reviews of open requests")
        default_permissions = []

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d}"
