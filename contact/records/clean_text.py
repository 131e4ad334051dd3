"""Form text without the control characters that no page or database can hold."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

# All below space except tab and newline, then delete, and lone surrogates.
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def strip_control_characters(text: Any) -> str:
    """Return the text without control characters and with `\\n` as its line break."""
    return CONTROL_CHARACTERS.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


class CleanCharField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return super().to_python(None if value is None else strip_control_characters(value)) or ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None if data is None else strip_control_characters(data)


class FreeTextField(CleanCharField):
    """Free text, stored as typed. Text longer than `longest` is refused, never cut."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def validate(self, value: str) -> None:
        super().validate(value)
        over = len(value) - self.longest
        if over > 0:
            raise ValidationError(
                ngettext(
                    "This is %(over)d character too long. Please shorten it to %(longest)d.",
                    "This is %(over)d characters too long. Please shorten it to %(longest)d.",
                    over,
                )
                % {"over": over, "longest": self.longest},
                code="too_long",
            )
