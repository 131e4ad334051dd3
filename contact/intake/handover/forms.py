"""What the end of a shift asks for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from contact.records.clean_text import FreeTextField


class HandoverForm(forms.Form):
    # The handover's own id: a second click on the button is the same handover.
    key = forms.UUIDField(widget=forms.HiddenInput)
    note = FreeTextField(
        label=_("Note for the next shift"),
        required=False,
        longest=4000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "data-unsaved-text": ""}),
        help_text=_("Sealed like the requests. Name people by their reference."),
    )
