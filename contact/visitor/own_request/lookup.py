"""Visitors find their request by its reference and the last digits of the phone number."""

from __future__ import annotations

import hmac
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from contact.models import CallbackRequest
from contact.privacy.encryption import readable, seal, unseal
from contact.privacy.matching.phone_index import LAST_DIGITS
from contact.records.clean_text import CleanCharField
from contact.records.requests import references

LOOKUP_PURPOSE = "lookup"


class UnvalidatedField(CleanCharField):
    """A required field; empty gives the same error as wrong, so nothing leaks."""

    def validate(self, value: str) -> None:
        pass


class LookupForm(forms.Form):
    reference = UnvalidatedField(
        label=_("Your reference"),
        help_text=_("Eight letters and digits, such as K7MQ\u20114XWD."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    digits = UnvalidatedField(
        label=_("The last four digits of the phone number"),
        help_text=_("Of the number that you asked us to call."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    # The action that an expired page or an error interrupted.
    CARRIED_FIELDS = (
        *("do", "best_time", "time_zone", "at", "exactly", "when_open"),
        *("language", "announce", "voicemail", "relationship", "needs", "more"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.CARRIED_FIELDS:
            self.fields[name] = CleanCharField(required=False, widget=forms.HiddenInput)
        self.helper = FormHelper()
        self.helper.form_action = reverse("contact:my_request", fragment="error-summary")
        self.helper.attrs = {"novalidate": "novalidate"}
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "reference", "digits", *self.CARRIED_FIELDS, Submit("", _("Show my request"))
        )

    def clean_reference(self) -> str:
        return references.normalise(self.cleaned_data["reference"])

    def clean_digits(self) -> str:
        """Return the last four digits, for people may type the whole number."""
        typed = self.cleaned_data["digits"]
        digits = "".join(str(int(character)) for character in typed if character.isdecimal())
        return digits[-LAST_DIGITS:]


@sensitive_variables()
def find_by_reference(reference: str, digits: str) -> CallbackRequest | None:
    """Return the request of this pair. A failed search takes the same time, so nothing leaks."""
    rows = CallbackRequest.objects.filter(reference=reference[: references.REFERENCE_LENGTH + 1])
    rows = rows.filter(purged_at=None).order_by("-created_at")
    candidates: list[CallbackRequest | None] = list(rows) or [None]
    # References repeat very rarely; an open request then wins.
    found = [row for row in candidates if _ends_with(_phone(row), digits) and row]
    return min(found, key=lambda row: not row.is_open, default=None)


def _phone(row: CallbackRequest | None) -> str:
    if row is None:
        return unseal(seal("+10000000000", LOOKUP_PURPOSE), LOOKUP_PURPOSE)
    return readable(row, "phone")


def _ends_with(phone: str, digits: str) -> bool:
    is_same = hmac.compare_digest(phone[-LAST_DIGITS:].encode(), digits.encode())
    return is_same and len(digits) == LAST_DIGITS
