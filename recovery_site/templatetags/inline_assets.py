"""Styles and scripts within a page, and the policy that lets them run."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.csp import build_policy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.markup import trusted

from .. import inline_assets

register = template.Library()


@register.simple_tag(name="style")
def style_tag(name: str) -> SafeString:
    """The style sheet `name` of the visitors' pages."""
    return format_html("<style>{}</style>", trusted(inline_assets.minified(f"{name}.css")))


@register.simple_tag(name="script")
def script_tag(name: str) -> SafeString:
    """The script `name` of the visitors' pages."""
    code = trusted(inline_assets.minified(f"{name}.js"))
    return format_html('<script type="module">{}</script>', code)


@register.simple_block_tag
def page_policy(content: str) -> SafeString:
    """The rest of a page, after a policy that names the styles and scripts in it.

    A policy in the page, unlike a header, travels with the page wherever it is served from.
    """
    policy: dict[str, Any] = settings.PAGE_CSP | {
        "style-src": inline_assets.sources_in(content, inline_assets.STYLE),
        "script-src": inline_assets.sources_in(content, inline_assets.SCRIPT),
    }
    return format_html(
        '<meta http-equiv="Content-Security-Policy" content="{}">{}',
        trusted(build_policy(policy)),
        content,
    )
