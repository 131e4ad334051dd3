"""Styles and scripts within a page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from .. import inline

register = template.Library()


@register.simple_tag
def style(name: str) -> SafeString:
    """The style sheet `name` of the visitors' pages."""
    return format_html("<style>{}</style>", mark_safe(inline.text(f"{name}.css")))  # noqa: S308 - our own file


@register.simple_tag
def script(name: str) -> SafeString:
    """The script `name` of the visitors' pages."""
    text = mark_safe(inline.text(f"{name}.js"))  # noqa: S308 - our own file
    return format_html('<script type="module">{}</script>', text)
