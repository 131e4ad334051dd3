"""Addresses of pages, made from the site map once for each kind of page."""

from functools import cache

from django.urls import reverse
from django.utils.translation import get_language


@cache
def _around_slug(name: str, language: str | None) -> list[str]:
    return reverse(name, args=["-"]).rsplit("-", 1)


def address(name: str, slug: str) -> str:
    """What `reverse(name, args=[slug])` is: a list of many cannot wait for it."""
    return slug.join(_around_slug(name, get_language()))
