"""A range of days as typed into an address or a form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .date_ranges import DateRange, range_until

LONGEST_RANGE_DAYS = 366
ISO = "%Y-%m-%d"
BOUNDS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=[ISO],
            widget=forms.DateInput(format=ISO, attrs={"type": "date"}),
            validators=BOUNDS,
            error_messages={"invalid": _("Write the day like 2026-01-31.")},
            **kwargs,
        )


class DateRangeForm(forms.Form):
    """Sent as `from` and `to`; a missing day is derived from the other."""

    NAMES = {"first": "from", "last": "to"}

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)

    def add_prefix(self, field_name: str) -> str:
        return self.NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "first" in cleaned and "last" in cleaned:
            cleaned["dates"] = _date_range(cleaned["first"], cleaned["last"])
        return cleaned


def _date_range(first: date | None, last: date | None) -> DateRange:
    if first is None:
        return range_until(last or timezone.localdate())
    last = last or min(timezone.localdate(), first + timedelta(days=LONGEST_RANGE_DAYS - 1))
    if last < first:
        raise ValidationError(_("The first day lies after the last."), code="order")
    if (last - first).days >= LONGEST_RANGE_DAYS:
        raise ValidationError(
            _("Choose at most %(days)d days."), code="too_long", params={"days": LONGEST_RANGE_DAYS}
        )
    return DateRange(first, last)
