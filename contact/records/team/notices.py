"""What a colleague is told on the next page they look at, until they open the request."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """It is deleted once its request was opened: the audit trail keeps what happened."""

    class Kind(models.TextChoices):
        HANDED_OVER = "handed_over", _("handed over to you")
        ASSIGNED = "assigned", _("kept for you")
        TAKEN = "taken", _("taken after your hold had ended")
        RELEASED = "released", _("released while you held it")

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    request = models.ForeignKey("contact.CallbackRequest", models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Notice]]

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "request"], name="notice_one_of_each_request"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
