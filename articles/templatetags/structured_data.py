from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.text import markup

register = template.Library()


@register.simple_tag
def structured_data(data: Any) -> SafeString | str:
    """The JSON-LD data block of a page, or nothing."""
    return markup.json_ld(data) if data else ""
