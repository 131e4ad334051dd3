"""Dates on public pages. Django's `date` filter would take a fifth of an article's time."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..markup import fill

register = template.Library()

DATE = """
<span>%(label)s <time datetime="%(day)s">%(spoken)s</time></span>"""


@lru_cache(maxsize=1000)
def _spoken(on: date, language: str | None) -> str:
    return date_format(on)


def _dated(label: str, on: date) -> dict[str, str]:
    return {"label": label, "day": on.isoformat(), "spoken": _spoken(on, get_language())}


@register.filter
def moment(value: datetime) -> str:
    """Local time as machines read it."""
    return timezone.localtime(value).isoformat()


@register.filter
def day(value: datetime | None) -> date | None:
    return timezone.localdate(value) if value else None


@register.simple_tag
def dates(page: Any) -> SafeString:
    """When a page was published, updated on another day, and will be reviewed next."""
    shown = []
    if page.published_at:
        published = timezone.localdate(page.published_at)
        shown.append(_dated(_("Published"), published))
        updated = timezone.localdate(page.updated_at)
        if updated != published:
            shown.append(_dated(_("Updated"), updated))
    if page.next_review_on:
        shown.append(_dated(_("Next review"), page.next_review_on))
    return fill(DATE, shown)
