"""Styles and scripts within a page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.markup import trusted

from .. import inline

register = template.Library()


@register.simple_tag
def style(name: str) -> SafeString:
    """The style sheet `name` of the visitors' pages."""
    return format_html("<style>{}</style>", trusted(inline.text(f"{name}.css")))


@register.simple_tag
def script(name: str) -> SafeString:
    """The script `name` of the visitors' pages."""
    return format_html('<script type="module">{}</script>', trusted(inline.text(f"{name}.js")))
