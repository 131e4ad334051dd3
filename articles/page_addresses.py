"""Plain pages stand at `/<slug>/`, beside all other addresses of the site."""

from __future__ import annotations

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import Resolver404, ResolverMatch, get_callable, resolve

# The route in the site map that takes every slug which nothing else takes.
CATCH_ALL = "page_detail"


def is_reserved(slug: str) -> bool:
    """Whether `/<slug>/` belongs to something else than a plain page."""
    slug = slug.lower()
    # Pages in other languages begin with the language's code. Files are served before any view.
    if slug in LANG_INFO or f"/{slug}/" == settings.STATIC_URL:
        return True
    # Without its last slash too: beside /healthz, /healthz/ would only confuse.
    matches = [_match(f"/{slug}/"), _match(f"/{slug}")]
    return any(match and not _is_plain_page(match) for match in matches)


def is_fixed(slug: str) -> bool:
    """Whether the site map itself names `/<slug>/`, so that templates can link to it."""
    match = _match(f"/{slug}/")
    return match is not None and _is_plain_page(match) and match.url_name != CATCH_ALL


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _is_plain_page(match: ResolverMatch) -> bool:
    # By its name: the views need the models, which need this module.
    return match.func is get_callable("articles.views.page_detail")
