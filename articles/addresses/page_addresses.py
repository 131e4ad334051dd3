"""Slugs of plain pages, which share the top level `/<slug>/` with other addresses of the site."""

from __future__ import annotations

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _

# Name of the last URL pattern, which matches every slug that no other pattern does.
CATCH_ALL = "page_detail"
SAME_ADDRESS = _("Another one already has this address. Choose a different one.")


def is_reserved(slug: str) -> bool:
    """Whether `/<slug>/` cannot be the address of a new plain page."""
    slug = slug.lower()
    # Addresses of other languages begin with a language code. Static files come before any view.
    if slug in LANG_INFO or f"/{slug}/" == settings.STATIC_URL:
        return True
    # Without the last slash too: a page /healthz/ beside /healthz would be confusing.
    matches = [_match(f"/{slug}/"), _match(f"/{slug}")]
    return any(match and not _is_plain_page(match) for match in matches)


def is_fixed(slug: str) -> bool:
    """Whether a URL pattern of its own names the page, so that templates can link to it."""
    match = _match(f"/{slug}/")
    return match is not None and _is_plain_page(match) and match.url_name != CATCH_ALL


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _is_plain_page(match: ResolverMatch) -> bool:
    return match.func is resolve(reverse(CATCH_ALL, args=["-"])).func
