"""Forms of the privacy officers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from contact.intake.sensitive_form import MIN_REASON_LENGTH, ReasonField, SensitiveForm
from contact.records.clean_text import FreeTextField


class HoldForm(forms.Form):
    """The reason is sealed, so it may name a case."""

    reason = FreeTextField(
        label=_("Why"),
        help_text=_("For example the court and the number of the case. It is kept encrypted."),
        longest=1000,
        min_length=MIN_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EraseForm(SensitiveForm):
    reason = ReasonField(label=_("Why it is erased"))
    confirmed = forms.BooleanField(
        label=_("I have read what goes. I know that nobody can bring it back."),
        error_messages={"required": _("Tick this to go on.")},
    )

    field_order = ["reason", "confirmed", "password"]
