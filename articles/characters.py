"""Text without characters that nobody typed and that no page, feed or database can hold."""

from __future__ import annotations

import re
from typing import Any

from django import forms

# Word processors break lines with these.
_breaks = re.compile("[\v\f\x85]")
# Controls but tab and newline, halves of surrogate pairs, and what XML forbids besides.
_unprintable = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(value: Any) -> Any:
    """`value` without such characters; lists and dictionaries are gone through."""
    match value:
        case str():
            return _unprintable.sub("", _breaks.sub("\n", value))
        case list():
            return [printable(item) for item in value]
        case dict():
            return {name: printable(item) for name, item in value.items()}
    return value


class PrintableField(forms.CharField):
    """Text in which line breaks may stand."""

    def to_python(self, value: Any) -> str:
        return super().to_python(printable(value)) or ""


class OneLine(forms.CharField):
    """Text whose line breaks and double spaces mean nothing."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(printable(value)) or "").split())
