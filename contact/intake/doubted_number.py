"""Asking staff once more about a number that is hardly their caller's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact.records.desk import caller_ids


class DoubtedNumberForm(forms.Form):
    """A form with a `phone`, and a tick by which staff insist on one that is doubted."""

    number_is_right = forms.BooleanField(
        label=_("They said that this number is right"), required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        phone = data.get("phone")
        if phone and not data.get("number_is_right") and (doubt := caller_ids.doubt(phone.e164)):
            self.add_error("number_is_right", ValidationError(doubt, code="doubt"))
        return data

    @property
    def is_doubted(self) -> bool:
        """Whether the tick is asked for: there is a doubt, or was one when the form was sent."""
        tick = self["number_is_right"]
        return bool(tick.errors) or bool(tick.value())
