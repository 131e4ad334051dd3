"""Visitors change what they answered, as far as it needs no proof of who they are."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contact.models import CallbackRequest
from contact.privacy.encryption import readable
from contact.records.clean_text import FreeTextField
from contact.records.enums import CallingFor, contradiction
from contact.visitor.callback_form.forms import EnumField

CHOICE_FIELDS = ("language", "announce", "voicemail")
# What they wrote is never shown here: somebody else may have their reference.
FREE_TEXT_FIELDS = ("relationship", "needs", "more")
EMPTY_KEEPS = _("What you wrote before is not shown here. Leave it empty to keep it.")
LONGEST_MESSAGE = 20_000
TOO_MUCH = _("That is more than we can keep. Please tell us the rest when we call.")


class AnswersForm(forms.Form):
    """`more` is added to the message; the other words replace those before."""

    language = EnumField(CallbackRequest.Language, label=_("Language for the call"))
    announce = EnumField(
        CallbackRequest.Announce, label=_("If someone else answers, may we say who is calling?")
    )
    voicemail = EnumField(
        CallbackRequest.Voicemail, label=_("If nobody answers, may we leave a voicemail?")
    )
    relationship = FreeTextField(
        label=_("If it is about someone else: who are they to you?"),
        help_text=EMPTY_KEEPS,
        longest=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    needs = FreeTextField(
        label=_("Anything that makes the call easier for you"),
        help_text=EMPTY_KEEPS,
        longest=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    more = FreeTextField(
        label=_("Anything to add to your message"),
        help_text=_("It is added to what you wrote before, which is not shown here."),
        longest=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, request: CallbackRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        for name in CHOICE_FIELDS:
            # A choice that is not answered keeps its value.
            self.fields[name].initial = getattr(request, name)
        self.helper = FormHelper()
        self.helper.form_action = reverse("contact:my_request", fragment="error-summary")
        self.helper.attrs = {"novalidate": "novalidate"}
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            HTML(
                '{% include "contact/my_request_token.html" '
                'with token=token action="answers" only %}'
            ),
            *CHOICE_FIELDS,
            *FREE_TEXT_FIELDS,
            Submit("", _("Save the answers")),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if problem := contradiction(data.get("announce", ""), data.get("voicemail", "")):
            self.add_error("voicemail", ValidationError(problem, code="contradiction"))
        if more := data.get("more"):
            whole = f"{readable(self.request, 'message')}\n\n{more}".strip()
            if len(whole) > LONGEST_MESSAGE:
                self.add_error("more", ValidationError(TOO_MUCH, code="too_long"))
            data["message"] = whole
        return data

    def values(self) -> dict[str, str]:
        """Return the fields of the request that were answered."""
        data = self.cleaned_data
        values = {name: data[name] for name in CHOICE_FIELDS}
        values |= {
            name: data[name] for name in ("relationship", "needs", "message") if data.get(name)
        }
        if data.get("relationship"):
            # A relationship means that they ask about someone else.
            values["calling_for"] = CallingFor.SOMEONE_ELSE.value
        return values
