"""What was told to whom about a person: the accounting of disclosures.

42 CFR 2.25 and 45 CFR 164.528: date, recipient, what was told and what for, for the years before
somebody asks.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField
from contact.records.history.calls import RequestEntry

# 45 CFR 164.528(a)(1): the six years before somebody asks; 42 CFR 2.25 asks for three.
YEARS_KEPT = 6


class Basis(models.TextChoices):
    """Why a disclosure was allowed."""

    CONSENT = "consent", _("Their written consent (42 CFR 2.31)")
    EMERGENCY = "emergency", _("A medical emergency (42 CFR 2.51)")
    COURT_ORDER = "court_order", _("A court order (42 CFR part 2, subpart E)")
    AUDIT = "audit", _("An audit or evaluation (42 CFR 2.53)")
    RESEARCH = "research", _("Research (42 CFR 2.52)")
    CHILD_ABUSE = "child_abuse", _("A report of suspected child abuse (42 CFR 2.12(c)(6))")
    CRIME = "crime", _("A crime on the premises or against staff (42 CFR 2.12(c)(5))")
    OTHER = "other", _("Another ground, named under what for")


def not_after_today(day: date) -> None:
    """Raise ValidationError for a day to come."""
    if day > timezone.localdate():
        raise ValidationError(_("This day is still to come."), code="future")


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def outdated(self) -> Self:
        """Return what is too old to be asked for, about requests that were emptied."""
        limit = timezone.localdate() - timedelta(days=round(365.25 * YEARS_KEPT))
        old = self.filter(disclosed_on__lt=limit, request__purged_at__isnull=False)
        return old.exclude(recipient=EncryptedTextField.EMPTY)


class Disclosure(RequestEntry):
    """It outlives the emptying of its request, for whoever still knows the reference."""

    request = models.ForeignKey(
        "contact.CallbackRequest", models.PROTECT, related_name="disclosures"
    )
    disclosed_on = models.DateField(_("day"), validators=[not_after_today])
    recipient = EncryptedTextField(_("to whom"), editable=True)
    what = EncryptedTextField(_("what was told"), editable=True)
    purpose = EncryptedTextField(_("what for"), editable=True)
    basis = models.CharField(_("on what ground"), max_length=20, choices=Basis)

    objects: ClassVar[DisclosureQuerySet] = DisclosureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(RequestEntry.Meta):
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        default_permissions = []
        indexes = [models.Index("disclosed_on", name="disclosure_day")]

    def __str__(self) -> str:
        return f"{self.disclosed_on:%Y-%m-%d}"
