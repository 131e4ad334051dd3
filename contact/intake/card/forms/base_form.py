"""The base of the card's forms: typed text survives every refusal."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator

from contact.models import CallbackRequest
from contact.records.clean_text import CleanCharField

# No `maxlength`: the browser would cut off what someone types during a call.
NOTE_LENGTH = MaxLengthValidator(10_000)


class CardForm(forms.Form):
    """A form about one request. `name` is its key among the forms of the card."""

    name: ClassVar[str]

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        self.request = request
        super().__init__(data, auto_id=f"_{self.name}_%s", **kwargs)

    def unsaved_text(self) -> str:
        """The typed text, worded so that a note can hold it."""
        return ""

    def also_locked(self) -> list[uuid.UUID]:
        """Other requests that the action changes."""
        return []


def note_field(label: Any, rows: int = 3, **kwargs: Any) -> CleanCharField:
    # Browsers must not store or suggest what staff write about a person.
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off", "data-unsaved-text": ""})
    return CleanCharField(label=label, widget=widget, validators=[NOTE_LENGTH], **kwargs)
