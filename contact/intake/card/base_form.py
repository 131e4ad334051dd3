"""A form of the card: what was typed in it survives every refusal."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator

from contact.models import CallbackRequest
from contact.records.clean_text import CleanCharField

# On the phone nobody counts characters: what is too long is refused, never cut by the browser.
LONGEST_NOTE = MaxLengthValidator(10_000)


class CardForm(forms.Form):
    """A form about one request. `name` is its key among the forms of the card."""

    name: ClassVar[str]

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        self.request = request
        super().__init__(data, auto_id=f"_{self.name}_%s", **kwargs)

    def typed(self) -> str:
        """What a person would lose with this form, as a note could hold it."""
        return ""

    def also_locked(self) -> list[uuid.UUID]:
        """Further requests that it is about, to be locked too."""
        return []


def note_field(label: Any, rows: int = 3, **kwargs: Any) -> CleanCharField:
    # No browser keeps or suggests what is written about a person.
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off", "data-words": ""})
    return CleanCharField(label=label, widget=widget, validators=[LONGEST_NOTE], **kwargs)
