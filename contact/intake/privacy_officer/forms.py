"""Forms of the privacy officers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact.intake.sensitive_form import MIN_REASON_LENGTH, ReasonField, SensitiveForm
from contact.models import Disclosure
from contact.records.clean_text import FreeTextField
from contact.records.oversight.disclosures import Basis


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
    """Asks a second person to confirm an erasure."""

    reason = ReasonField(label=_("Why it is erased"))
    confirmed = forms.BooleanField(
        label=_("I have read what goes. I know that nobody can bring it back."),
        error_messages={"required": _("Tick this to go on.")},
    )

    field_order = ["reason", "confirmed", "password"]


class ConfirmErasureForm(SensitiveForm):
    confirmed = forms.BooleanField(
        label=_("I have read what goes. I know that nobody can bring it back."),
        error_messages={"required": _("Tick this to go on.")},
    )

    field_order = ["confirmed", "password"]


class DisclosureForm(forms.ModelForm):
    recipient = FreeTextField(
        label=_("To whom"),
        help_text=_("Name of the person or place, with its address if you know it."),
        longest=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    what = FreeTextField(
        label=_("What was told or given"),
        help_text=_("Its kind is enough: “name, number and that they want detox”."),
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    purpose = FreeTextField(
        label=_("What for"), longest=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    class Meta:
        model = Disclosure
        fields = ["disclosed_on", "recipient", "what", "purpose", "basis"]
        widgets = {"disclosed_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}


class PersonExportForm(SensitiveForm):
    """An export for others counts as a disclosure; one for the person themselves does not.

    45 CFR 164.528(a)(1)(ii), 42 CFR 2.23.
    """

    recipient = forms.ChoiceField(
        label=_("Who gets it"),
        choices=[("person", _("The person themselves")), ("others", _("Somebody else"))],
        widget=forms.RadioSelect,
    )
    name = FreeTextField(
        label=_("If somebody else: who"),
        help_text=_("Name and address. It is written down as a disclosure."),
        longest=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    basis = forms.ChoiceField(
        label=_("If somebody else: on what ground"),
        choices=[("", "---------"), *Basis.choices],
        required=False,
    )
    format = forms.ChoiceField(
        label=_("As"),
        choices=[("html", _("A page to read or print")), ("json", _("Data for a program (JSON)"))],
        initial="html",
        widget=forms.RadioSelect,
    )
    reason = ReasonField(label=_("What the export is for"))
    confirmed = forms.BooleanField(
        label=_(
            "I know who gets it. I read it first, as notes may speak of other people, and delete "
            "the file after use."
        ),
        error_messages={"required": _("Tick this to go on.")},
    )

    field_order = ["recipient", "name", "basis", "format", "reason", "confirmed", "password"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("recipient") == "others":
            for name in ("name", "basis"):
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, ValidationError(_("This is needed for somebody else.")))
        return cleaned


class AcknowledgeForm(forms.Form):
    note = FreeTextField(
        label=_("What you found"),
        help_text=_("For example whom you asked, and the reason they gave. It is kept encrypted."),
        longest=1000,
        min_length=MIN_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
