"""Unusual reading of requests: what counts as such, and what was found.

45 CFR 164.308(a)(1)(ii)(D) asks that records of access are read regularly. A finding accuses
nobody: most have a good reason, and a privacy officer writes it down.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import EncryptedTextField
from contact.records.enums import require_facts


class ReadingFacts(NamedTuple):
    """`least`: from how many on it is listed, where no rule says otherwise."""

    least: int


class ReadingKind(models.TextChoices):
    """What is counted, for one account on one day."""

    MANY = "many", ReadingFacts(40), _("Cards opened within one hour, without work on them")
    CLOSED_DESK = (
        "closed_desk",
        ReadingFacts(5),
        _("Cards opened while the desk was closed, without work on them"),
    )
    AGAIN = "again", ReadingFacts(6), _("Times the same card was opened, without work on it")
    SEARCHED = (
        "searched",
        ReadingFacts(6),
        _("Searches that found the same request, without work on it"),
    )
    SHOWN = "shown", ReadingFacts(3), _("Numbers shown, with no call written down after")
    COLLEAGUE = (
        "colleague",
        ReadingFacts(1),
        _("Cards opened, without work on them, whose name sounds like a colleague’s family name"),
    )

    facts: ReadingFacts

    def __new__(cls, value: str, facts: ReadingFacts | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.facts = value, require_facts(facts, value)
        return member


class ReadingRule(models.Model):
    """A threshold that staff set for a kind, in place of the one in its facts."""

    kind = models.CharField(_("what"), max_length=20, choices=ReadingKind, unique=True)
    least = models.PositiveSmallIntegerField(
        _("listed from"), validators=[MinValueValidator(1)], help_text=_("In one day.")
    )
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("Untick it to list this no more.")
    )

    class Meta:
        verbose_name = _("rule of unusual reading")
        verbose_name_plural = _("rules of unusual reading")
        ordering = ["kind"]
        default_permissions = ["view", "add", "change"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


def limits() -> dict[ReadingKind, int]:
    """Return from how many on each kind in use is listed."""
    rules = {rule.kind: rule for rule in ReadingRule.objects.all()}
    return {
        kind: rules[kind].least if kind in rules else kind.facts.least
        for kind in ReadingKind
        if kind not in rules or rules[kind].is_active
    }


class UnusualReadingQuerySet(models.QuerySet["UnusualReading"]):
    def waiting(self) -> Self:
        """Return what nobody acknowledged, the newest first."""
        return self.filter(acknowledged_at=None).order_by("-found_at", "-pk")


class UnusualReading(models.Model):
    """What one account read on one day. Nothing in it says who asked: requests stand by id."""

    kind = models.CharField(_("what"), max_length=20, choices=ReadingKind, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("account"),
        related_name="+",
        db_index=False,
        editable=False,
    )
    day = models.DateField(_("day"), editable=False)
    count = models.PositiveIntegerField(_("how many"), editable=False)
    least = models.PositiveIntegerField(_("listed from"), editable=False)
    request_ids = models.JSONField(default=list, editable=False)
    found_at = models.DateTimeField(default=timezone.now, editable=False)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("acknowledged by"),
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
    )
    note = EncryptedTextField(_("note"), blank=True)

    objects: ClassVar[UnusualReadingQuerySet] = UnusualReadingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("unusual reading")
        verbose_name_plural = _("unusual reading")
        default_permissions = ()
        indexes = [
            models.Index("day", "account", "kind", name="reading_day"),
            models.Index("acknowledged_at", "id", name="reading_acknowledged"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "account", "day"],
                condition=Q(acknowledged_at=None),
                name="reading_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="reading_acknowledged_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.kind}"
