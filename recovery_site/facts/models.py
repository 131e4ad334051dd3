"""What is true of the centre: staff say it, with a source and an end, or the site says nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# So long before its end, staff are told.
EXPIRING_WITHIN = timedelta(days=30)


class FactKind(models.TextChoices):
    """In the order of the page about the centre."""

    LICENCE = "licence", _("State license")
    ACCREDITATION = "accreditation", _("Accreditation")
    ADDRESS = "address", _("Where we are")
    LANGUAGES = "languages", _("Languages we speak")
    TREATED = "treated", _("Who we treat")
    LEVELS = "levels", _("Levels of care")
    MEDICATIONS = "medications", _("Medications")
    AVAILABILITY = "availability", _("Free places")
    INSURANCE = "insurance", _("Kinds of insurance we take")
    PLANS = "plans", _("Plans we are in network with")
    PRICES = "prices", _("Prices")
    PAYMENT = "payment", _("Ways to pay")
    VISITING = "visiting", _("Visits")
    BRINGING = "bringing", _("What to bring")
    EXPECTING = "expecting", _("First days here")


class FactGroup(NamedTuple):
    """A part of the page about the centre."""

    anchor: str
    title: Any
    kinds: tuple[FactKind, ...]


FACT_GROUPS = (
    FactGroup(
        "centre",
        _("The center"),
        (FactKind.ADDRESS, FactKind.LICENCE, FactKind.ACCREDITATION, FactKind.LANGUAGES),
    ),
    FactGroup(
        "care",
        _("Care"),
        (FactKind.TREATED, FactKind.LEVELS, FactKind.MEDICATIONS, FactKind.AVAILABILITY),
    ),
    FactGroup(
        "cost",
        _("What it costs"),
        (FactKind.INSURANCE, FactKind.PLANS, FactKind.PRICES, FactKind.PAYMENT),
    ),
    FactGroup(
        "expect",
        _("What to expect"),
        (FactKind.BRINGING, FactKind.EXPECTING, FactKind.VISITING),
    ),
)


class FactQuerySet(models.QuerySet["Fact"]):
    def verified(self) -> Self:
        return self.filter(verified_on__isnull=False, text__regex=r"\S")

    def shown(self, now: datetime | None = None) -> Self:
        """Return what visitors are told: verified, and not past its end."""
        now = now or timezone.now()
        today = timezone.localdate(now)
        return self.verified().filter(
            Q(until=None) | Q(until__gt=now), expires_on__gte=today, verified_on__lte=today
        )

    def expired(self, now: datetime | None = None) -> Self:
        now = now or timezone.now()
        return self.verified().filter(Q(expires_on__lt=timezone.localdate(now)) | Q(until__lte=now))

    def expiring(self, now: datetime | None = None) -> Self:
        """Return what ends soon. What changes within days has its own end, and is no news."""
        last = timezone.localdate(now) + EXPIRING_WITHIN
        return self.shown(now).filter(expires_on__lte=last, until=None)

    def missing_kinds(self) -> list[FactKind]:
        """Return the kinds of which nothing was ever checked."""
        known = set(self.verified().order_by().values_list("kind", flat=True).distinct())
        return [kind for kind in FactKind if kind not in known]

    def end_due(self, now: datetime | None = None) -> bool:
        """Note what ended within the day, so that pages without it are made; return whether any.

        Days need no note: each begins with new pages.
        """
        due = self.filter(until__lte=now or timezone.now(), has_ended=False)
        return bool(due.exists() and due.update(has_ended=True))


class Fact(models.Model):
    kind = models.CharField(_("what it is about"), max_length=20, choices=FactKind)
    part = models.CharField(
        _("which place, plan or service"),
        max_length=100,
        blank=True,
        help_text=_("Where there are several: for example the name of the house. May stay empty."),
    )
    text = models.TextField(
        _("what visitors read"),
        max_length=600,
        help_text=_(
            "One fact, as you would say it on the phone. Only what is true today: no plans, no "
            "praise."
        ),
    )
    source = models.CharField(
        _("how we know"),
        max_length=300,
        blank=True,
        help_text=_(
            "The document or the person that says so, for example the licence and its number, or "
            "the contract. Visitors do not see this."
        ),
    )
    source_url = models.URLField(
        _("public proof"),
        blank=True,
        help_text=_("A page where visitors can check it, such as the state’s register."),
    )
    verified_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("The day you compared it with the source. Visitors see nothing before that."),
    )
    expires_on = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("After this day visitors no longer see it, until someone checks it again."),
    )
    until = models.DateTimeField(
        _("ends at"),
        null=True,
        blank=True,
        help_text=_(
            "Only for what changes within days, such as free places: it leaves the site then."
        ),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    has_ended = models.BooleanField(default=False, editable=False)

    objects: ClassVar[FactQuerySet] = FactQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("fact about the centre")
        verbose_name_plural = _("facts about the centre")
        ordering = ["order", "part", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_on=None)
                | Q(expires_on__isnull=False, expires_on__gte=F("verified_on")) & ~Q(source=""),
                name="fact_with_source_and_end",
                violation_error_message=_(
                    "What was checked needs how we know it, and a last day after the check."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.part or self.text[:60]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.has_ended = bool(self.until and self.until <= timezone.now())
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.verified_on and self.verified_on > timezone.localdate():
            raise ValidationError({"verified_on": _("This day has not come yet.")})

    @property
    def is_shown(self) -> bool:
        """Return the same as `shown` does for one."""
        if self.verified_on is None or self.expires_on is None or not self.text.strip():
            return False
        is_current = self.verified_on <= timezone.localdate() <= self.expires_on
        return is_current and (self.until is None or self.until > timezone.now())
