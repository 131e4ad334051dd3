"""What phones show when we call: numbers and names that staff saw on a phone themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.records import phones
from contact.records.enums import Announce, Voicemail

# Phone companies change what is shown without a word.
VERIFIED_FOR = timedelta(days=30)
# The longest name that US phone companies show (CNAM).
LONGEST_NAME = 15


class ShownNumber(NamedTuple):
    """A number in E.164 and the name beside it, as a phone showed them on a day."""

    phone: str
    name: str
    verified_on: date

    def is_verified(self, today: date) -> bool:
        return today - VERIFIED_FOR <= self.verified_on <= today

    def __str__(self) -> str:
        number = phones.national(self.phone).replace(" ", "\u00a0")
        return f"{number}, {self.name}" if self.name else number


def hides_number(announce: str, voicemail: str) -> bool:
    """Whether a number in the list of calls would tell what these answers keep from others."""
    return announce == Announce.NO and voicemail == Voicemail.NONE


def not_in_the_future(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("This day is still to come."))


class CallerIdQuerySet(models.QuerySet["CallerId"]):
    def verified(self) -> Self:
        """Return those in use that somebody verified lately; visitors read of no others."""
        today = timezone.localdate()
        return self.filter(is_active=True, verified_on__range=(today - VERIFIED_FOR, today))

    def to_verify(self, today: date | None = None) -> Self:
        """Return those in use that nobody verified lately."""
        since = (today or timezone.localdate()) - VERIFIED_FOR
        too_old = Q(verified_on=None) | Q(verified_on__lt=since)
        return self.filter(too_old, is_active=True)

    def shown(self) -> tuple[ShownNumber, ...]:
        rows = self.verified().values_list("phone", "shown_name", "verified_on")
        return tuple(ShownNumber(phone, name, day) for phone, name, day in rows if day)


class CallerId(models.Model):
    phone = models.CharField(
        _("number"),
        max_length=16,
        unique=True,
        validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$", _("Write it with its area code."))],
    )
    shown_name = models.CharField(
        _("name beside it"),
        max_length=LONGEST_NAME,
        blank=True,
        help_text=_("Exactly as a phone shows it. Empty if it shows none."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    verified_on = models.DateField(
        _("verified on"),
        null=True,
        blank=True,
        validators=[not_in_the_future],
        help_text=_(
            "The day somebody called a phone from the desk and saw this. Visitors read of it for "
            "30 days, then somebody has to look again."
        ),
    )
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("Untick it when calls no longer show it.")
    )

    objects: ClassVar[CallerIdQuerySet] = CallerIdQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("number that phones show")
        verbose_name_plural = _("numbers that phones show")
        ordering = ["phone"]

    def __str__(self) -> str:
        return phones.national(self.phone)


def concerns(e164: str) -> list[Any]:
    """Return what staff should know before they dial, with the numbers that our calls show."""
    if CallerId.objects.filter(phone=e164, is_active=True).exists():
        return [_("This is our own number: our calls show it.")]
    return phones.concerns(e164)


def doubt(e164: str) -> str:
    """Return what to ask whoever gives this number; empty for a usual one."""
    if not (found := concerns(e164)):
        return ""
    return " ".join([*map(str, found), str(_("Ask them to repeat it, then tick this."))])
