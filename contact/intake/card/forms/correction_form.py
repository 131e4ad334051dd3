"""The card's form for correcting what a visitor gave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact.intake.doubted_number import DoubtedNumberForm
from contact.models import CallbackRequest
from contact.privacy.encryption import readable
from contact.records import phones
from contact.records.clean_text import CleanCharField
from contact.records.enums import CallingFor, contradiction
from contact.visitor.callback_form.forms import TIME_ZONES, TimeZoneField, offer_zone

from .base_form import CardForm


class NewNumberField(CleanCharField):
    """Never shows the number that is there: only a reveal does."""

    def clean(self, value: Any) -> phones.Phone | None:
        typed = super().clean(value)
        return phones.parse_phone(typed) if typed else None


class CorrectionForm(DoubtedNumberForm, CardForm):
    name = "correct"
    field_order = ("caller", "phone", "number_is_right")

    caller = CleanCharField(label=_("Name"), max_length=200)
    phone = NewNumberField(
        label=_("Another number"),
        help_text=_("With its extension. Empty keeps the number that is there."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    calling_for = forms.ChoiceField(
        label=_("They ask about"),
        choices=[(each.value, each.staff_label) for each in CallingFor],
    )
    relationship = CleanCharField(label=_("Who that is to them"), required=False, max_length=200)
    announce = forms.ChoiceField(
        label=_("If someone else answers"), choices=CallbackRequest.Announce
    )
    voicemail = forms.ChoiceField(label=_("Voicemail"), choices=CallbackRequest.Voicemail)
    best_time = forms.ChoiceField(label=_("Best time"), choices=CallbackRequest.BestTime)
    time_zone = TimeZoneField(label=_("Their time zone"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=CallbackRequest.Language)
    needs = CleanCharField(label=_("Makes the call easier"), required=False, max_length=1000)

    # Names of fields that are not those of the request.
    FIELD_OF = {"caller": "name"}

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        initial = {
            name: readable(request, self.FIELD_OF.get(name, name))
            for name in self.base_fields
            if name not in ("phone", "number_is_right")
        }
        super().__init__(request, data, initial=initial, **kwargs)
        self.fields["time_zone"].widget.choices = TIME_ZONES
        offer_zone(self.fields["time_zone"], self["time_zone"].value() or "")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if problem := contradiction(data.get("announce", ""), data.get("voicemail", "")):
            self.add_error("voicemail", ValidationError(problem))
        is_new = "relationship" in self.changed_data and "calling_for" not in self.changed_data
        if data.get("relationship") and is_new:
            # A relationship means that they ask about someone else.
            data["calling_for"] = CallingFor.SOMEONE_ELSE
        return data

    @property
    def questions(self) -> list[Any]:
        """The fields to show; a doubt about the number only where there is one."""
        return [each for each in self if each.name != "number_is_right" or self.is_doubted]

    def values(self) -> dict[str, str]:
        """The corrected fields of the request; without the number if none was typed."""
        data = dict(self.cleaned_data)
        phone = data.pop("phone")
        del data["number_is_right"]
        values = {self.FIELD_OF.get(name, name): value for name, value in data.items()}
        if phone:
            values |= {"phone": phone.e164, "extension": phone.extension}
        return values
