"""The checklist for clear communication as a form; what is left open counts nowhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.publishing.checklist import ClearPoint

YES, NO = "yes", "no"
ANSWERS = [(YES, _("Yes")), (NO, _("No")), ("", _("Left open"))]


class ChecklistForm(forms.Form):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="clear")
        for point in ClearPoint:
            self.fields[point.value] = forms.ChoiceField(
                label=point.label,
                choices=ANSWERS,
                initial="",
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def answers(self) -> dict[str, bool]:
        given = self.cleaned_data.items()
        return {point: answer == YES for point, answer in given if answer}
