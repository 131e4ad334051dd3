"""A tag for parts that are the same on many pages: rendered once, then copied."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.files.storage import storages
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@lru_cache(maxsize=500)
def _rendered(
    language: str, static_files: str, name: str, context: tuple[tuple[str, Any], ...]
) -> SafeString:
    return render_to_string(name, dict(context))


@register.simple_tag
def cached_include(name: str, **context: Any) -> SafeString:
    """The template `name`, which sees `context` alone, made anew only for another `context`.

    Its values must be hashable, and few: no text that visitors choose.
    """
    # While developing, a change of the template must show.
    render = _rendered.__wrapped__ if settings.DEBUG else _rendered
    # Stands for all names of static files, which hold their hashes.
    static_files = getattr(storages["staticfiles"], "manifest_hash", "")
    return render(get_language() or "", static_files, name, tuple(context.items()))
