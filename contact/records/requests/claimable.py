"""Who holds a request: the right of one member of staff to call, until its lease ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.records.enums import Direction


class Claimable(models.Model):
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("being called by"),
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
    )
    claimed_until = models.DateTimeField(null=True, editable=False)
    # Reset when the call is recorded.
    revealed_at = models.DateTimeField(_("number shown at"), null=True, editable=False)
    # How the holder talks with them now, if they called or came; empty before a call of ours.
    talk_direction = models.CharField(max_length=20, choices=Direction, blank=True, editable=False)

    class Meta:
        abstract = True

    def is_held_by(self, account: Any, now: datetime | None = None) -> bool:
        return self.is_held(now) and self.claimed_by_id == account.pk

    def is_held(self, now: datetime | None = None) -> bool:
        return self.claimed_until is not None and self.claimed_until > (now or timezone.now())

    @property
    def is_talking(self) -> bool:
        """Whether whoever holds it talks with them: they called us or came to us."""
        return bool(self.talk_direction) and self.is_held()
