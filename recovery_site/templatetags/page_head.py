"""What a page says of itself in its head, once for browsers and once for links to it."""

import re
from html import unescape

from django import template
from django.template import Context
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

register = template.Library()
# What search engines show of a description.
LONGEST_DESCRIPTION = 160


@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> SafeString:
    """The title of a page; on an address that can be linked to, also as `og:title`."""
    words = _words(content)
    title = format_html("<title>{} · {}</title>", words, context["site"].name)
    if not context.get("canonical"):
        return title
    return format_html('{}<meta property="og:title" content="{}">', title, words)


@register.simple_block_tag(takes_context=True)
def page_description(context: Context, content: str) -> SafeString:
    """The description of a page in at most 160 characters."""
    words = shortened(_words(content))
    if not words:
        return format_html("{}", "")
    named = format_html('<meta name="description" content="{}">', words)
    if not context.get("canonical"):
        return named
    return format_html('{}<meta property="og:description" content="{}">', named, words)


def shortened(text: str, length: int = LONGEST_DESCRIPTION) -> str:
    """Return the sentences that fit; of a first sentence that does not, the words that do."""
    if len(text) <= length:
        return text
    ends = [match.end() for match in re.finditer(r"[.?!](?=\s)", text[: length + 1])]
    if ends and ends[-1] >= length // 3:
        return text[: ends[-1]]
    return text[:length].rpartition(" ")[0].rstrip(",;:") + "…"


def _words(content: str) -> str:
    return " ".join(unescape(strip_tags(content)).split())
