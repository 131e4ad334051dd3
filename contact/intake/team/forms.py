"""The form in which leads say what a colleague speaks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contact.models import Colleague
from contact.records.clean_text import CleanCharField
from contact.records.team.colleagues import SPOKEN


class LanguagesForm(forms.Form):
    languages = forms.MultipleChoiceField(
        label=_("Calls in"),
        choices=[(each.value, each.label) for each in SPOKEN],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one language.")},
    )
    further_languages = CleanCharField(
        label=_("Further languages"),
        max_length=100,
        required=False,
        help_text=_("For example Navajo."),
    )

    def __init__(self, colleague: Colleague, data: Any = None) -> None:
        super().__init__(
            data,
            auto_id=f"id_{colleague.account_id}_%s",
            initial={
                "languages": [each.value for each in colleague.spoken],
                "further_languages": colleague.further_languages,
            },
        )
        self.colleague = colleague

    def save(self) -> None:
        values = {
            "languages": ",".join(self.cleaned_data["languages"]),
            "further_languages": self.cleaned_data["further_languages"],
        }
        Colleague.objects.update_or_create(values, account_id=self.colleague.account_id)
