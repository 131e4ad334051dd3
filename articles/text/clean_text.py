"""Text without the control characters that pages, feeds or databases cannot hold."""

from __future__ import annotations

import re
from typing import Any

from django import forms

# Word processors write these for line breaks.
_line_breaks = re.compile("[\v\f\x85]")
# Control characters except tab and newline, lone surrogates, and what XML forbids besides.
_control_characters = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(value: Any) -> Any:
    """Clean a string, or every string in a list or dictionary; return other values unchanged."""
    match value:
        case str():
            return _control_characters.sub("", _line_breaks.sub("\n", value))
        case list():
            return [clean_text(item) for item in value]
        case dict():
            return {name: clean_text(item) for name, item in value.items()}
    return value


class MultiLineField(forms.CharField):
    """Clean text that may hold line breaks."""

    def to_python(self, value: Any) -> str:
        return super().to_python(clean_text(value)) or ""


class SingleLineField(forms.CharField):
    """Clean text on one line, with single spaces."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(clean_text(value)) or "").split())
