"""Keeps times of day on one line."""

from __future__ import annotations

import re

from django import template

register = template.Library()
HALF_OF_DAY = re.compile(r" (?=[ap]\.m\.)")


@register.filter
def unbroken(words: object) -> str:
    """Put a no-break space between `8` and `a.m.`."""
    return HALF_OF_DAY.sub("\N{NO-BREAK SPACE}", str(words))
