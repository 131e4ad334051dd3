"""The links that staff put into the foot of every page, without the database."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from articles.models import Page
from contact.records.kept_copies.kept_copy import KeptCopy

from .models import Fact


class FootLink(NamedTuple):
    address: str
    title: str
    language: str = settings.LANGUAGE_CODE


Links = tuple[FootLink, ...]


def from_records() -> Links:
    """Return the page about the centre, once it says anything, and pages that staff placed here."""
    links = []
    if Fact.objects.shown().exists():
        title = gettext("About %(name)s") % {"name": settings.SITE_NAME}
        links.append(FootLink(reverse("about"), title))
    pages = Page.objects.published().filter(foot_order__isnull=False)
    links += [
        FootLink(page.get_absolute_url(), str(page), page.language)
        for page in pages.order_by("foot_order", "slug")
        # The templates link to these themselves.
        if not page.has_fixed_address
    ]
    return tuple(links)


foot_links: KeptCopy[Links] = KeptCopy(
    "foot.json",
    from_records,
    list,
    lambda values: tuple(FootLink(*map(str, link)) for link in values),
    (),
)
read, write = foot_links.read, foot_links.write
