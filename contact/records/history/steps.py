"""Steps of staff on requests, kept so that they can be taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long whoever made a step can take it back; a lead always can.
OWN_UNDO = timedelta(minutes=10)


class StepQuerySet(models.QuerySet["Step"]):
    def undoable_by(self, account: Any, *, is_lead: bool) -> Self:
        """Return the steps that this account can take back, the newest first."""
        steps = self.filter(undone_at=None).order_by("-at", "-pk")
        if is_lead:
            return steps
        return steps.filter(by=account, at__gt=timezone.now() - OWN_UNDO)


class Step(models.Model):
    """A call, close, stop, plan, link, or assignment or release of many, with what it changed.

    Nothing in it says who asked.

    `changes` maps the key of each changed request to its fields, each with the value before and
    the value after. `line_stops` are the keys of the stops of lines that it wrote.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    action = models.CharField(max_length=40, editable=False)
    request = models.ForeignKey(
        "contact.CallbackRequest", models.PROTECT, related_name="steps", editable=False
    )
    attempt = models.ForeignKey(
        "contact.CallAttempt", models.PROTECT, null=True, related_name="+", editable=False
    )
    # Steps of one bulk action share it.
    group = models.UUIDField(null=True, db_index=True, editable=False)
    changes = models.JSONField(default=dict, editable=False)
    line_stops = models.JSONField(default=list, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects: ClassVar[StepQuerySet] = StepQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.action}"
