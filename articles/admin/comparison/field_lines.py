"""The value of a field of a revision as lines of plain text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from ..source_lines import format_source

SOURCE_KEYS = {"publisher", "title", "year", "url"}


def field_lines(value: Any) -> list[str]:
    match value:
        case None | "" | []:
            return []
        case bool():
            return [gettext("yes") if value else gettext("no")]
        case list():
            return [line for each in value for line in field_lines(each)]
        case {"title": _}:
            rest = [f"{key}: {each}" for key, each in value.items() if key not in SOURCE_KEYS]
            return [" | ".join([format_source(value), *rest])]
    return str(value).splitlines()
