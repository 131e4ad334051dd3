"""The place of a revision (`PLACE_FIELDS`) as lines that staff can read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from articles.publishing.revision import Revision


def place_lines(revision: Revision, name: str) -> list[str]:
    field: Any = revision._meta.get_field(name)
    value = getattr(revision, field.name)
    if isinstance(value, bool):
        return [gettext("yes") if value else gettext("no")]
    if isinstance(value, list):
        others = type(revision.publication).objects.filter(pk__in=value)
        return [_named(each) for each in others.select_related("live").order_by("pk")]
    if field.is_relation:
        return [_named(value)] if value else []
    return [] if value is None else [str(value)]


def _named(thing: Any) -> str:
    """Name and address, since two may have the same name."""
    return f"{thing} ({thing.get_absolute_url()})"
