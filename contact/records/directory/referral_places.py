"""Places to which staff refer callers when the centre is not the right one."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.records import phones

from . import verification


class PlaceQuerySet(models.QuerySet["Place"]):
    def offered(self) -> Self:
        """Return verified places that are not retired."""
        return self.filter(verified_on__isnull=False, is_active=True)

    def found_by(self, term: str) -> Self:
        """Return those in which each of these words stands; all for none."""
        found: Self = verification.found_by(self, term, ("name", "area", "languages", "what_for"))
        return found


class Place(models.Model):
    # By this a file of places knows a row again, also one that comes from another site.
    identifier = models.UUIDField(_("identifier"), unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    what_for = models.TextField(_("what it is for"), max_length=1000, blank=True)
    area = models.CharField(_("area"), max_length=200, blank=True)
    languages = models.CharField(
        _("languages"), max_length=100, blank=True, help_text=_("For example: English, Spanish.")
    )
    phone = models.CharField(_("number as shown"), max_length=40, blank=True)
    dial = models.CharField(
        _("number to dial"), max_length=20, blank=True, validators=[phones.validate_dial]
    )
    url = models.URLField(_("website"), blank=True)
    verified_on = models.DateField(
        _("verified on"),
        null=True,
        blank=True,
        help_text=_("The day someone called or checked the place. It is offered only then."),
    )
    is_active = models.BooleanField(
        _("offered"), default=True, help_text=_("Untick it instead of deleting the place.")
    )

    objects: ClassVar[PlaceQuerySet] = PlaceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("place to refer to")
        verbose_name_plural = _("places to refer to")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_stale(self) -> bool:
        return verification.is_verification_stale(self.verified_on)
