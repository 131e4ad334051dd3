"""Times of day that stay together on a line."""

from __future__ import annotations

import re

from django import template

register = template.Library()
HALF_OF_DAY = re.compile(r" (?=[ap]\.m\.)")


@register.filter
def unbroken(words: object) -> str:
    """The same words; no line ends between `8` and `a.m.`."""
    return HALF_OF_DAY.sub("\N{NO-BREAK SPACE}", str(words))
