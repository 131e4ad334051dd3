"""Styles and scripts within a page, and the policy that lets them run."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.csp import build_policy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.text.markup import trusted
from contact.records.kept_copies import moved_numbers
from recovery_site.http import inline_assets
from recovery_site.http.inline_assets import SCRIPT, STYLE

register = template.Library()


@register.simple_tag(name="style")
def style_tag(name: str) -> SafeString:
    """The style sheet `name` of the visitors' pages."""
    return trusted(inline_assets.element(STYLE, inline_assets.minified(f"{name}.css")))


@register.simple_tag(name="script")
def script_tag(name: str) -> SafeString:
    """The script `name` of the visitors' pages."""
    return trusted(inline_assets.element(SCRIPT, inline_assets.minified(f"{name}.js")))


@register.simple_block_tag(takes_context=True)
def page_policy(context: Context, content: str) -> SafeString:
    """The rest of a page, after a policy that names the styles and scripts in it.

    A policy in the page, unlike a header, travels with the page wherever it is served from.
    """
    # Compressed, indents still weigh 205 bytes of an article.
    content = moved_numbers.with_present_numbers(inline_assets.without_indents(content))
    if "<figure>" in content:
        content = style_tag("picture") + content
    policy: dict[str, Any] = dict(settings.PAGE_CSP)
    for suffix, directive in ((STYLE, "style-src"), (SCRIPT, "script-src")):
        if context.get("preview"):
            # The header of staff pages names each style and script, not those that are joined.
            policy[directive] = [
                inline_assets.source(name) for name in inline_assets.assets_in(content, suffix)
            ]
        else:
            content, policy[directive] = inline_assets.with_one_element(content, suffix)
    return format_html(
        '<meta http-equiv="Content-Security-Policy" content="{}">{}',
        trusted(build_policy(policy)),
        trusted(content),
    )
