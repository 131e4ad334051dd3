"""The form by which a lead keeps a request open."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.intake.sensitive_form import MIN_REASON_LENGTH
from contact.records.clean_text import FreeTextField

LONGEST_DAYS = 365


class KeepForm(forms.Form):
    until = forms.DateField(
        label=_("Until"),
        help_text=_("Then a lead looks at it again. At most a year."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reason = FreeTextField(
        label=_("Why it stays open"),
        help_text=_("It is kept encrypted."),
        longest=1000,
        min_length=MIN_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today < until <= today + timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day after today, within a year."), code="range")
        return until
