"""Sources as staff type them, one a line: `Publisher: Title | https://…`."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from articles.text.clean_text import MultiLineField

_check_url = URLValidator(schemes=["http", "https"])


class SourcesField(MultiLineField):
    widget = AdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(format_source, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = super().clean(value).splitlines()
        errors, sources = [], []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                sources.append(parse_source(line))
            except ValidationError as error:
                errors.append(
                    _("Line %(number)s: %(problem)s")
                    % {"number": number, "problem": error.messages[0]}
                )
        if errors:
            raise ValidationError(errors)
        return sources

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def format_source(source: dict[str, Any]) -> str:
    year = f" ({source['year']})" if source.get("year") else ""
    url = f" | {source['url']}" if source.get("url") else ""
    return f"{source.get('publisher', '')}: {source['title']}{year}{url}"


def parse_source(line: str) -> dict[str, Any]:
    """Raise ValidationError, which says what is missing, if `line` names no source."""
    name, _bar, url = (part.strip() for part in line.partition("|"))
    publisher, _colon, title = (part.strip() for part in name.partition(":"))
    if not (publisher and title) or "://" in name:
        raise ValidationError(
            _("write it like this: Publisher: Title | https://… (the web address may be missing).")
        )
    if url:
        try:
            _check_url(url)
        except ValidationError:
            raise ValidationError(
                _("“%(url)s” is not a web address. It starts with https://") % {"url": url}
            ) from None
    source: dict[str, Any] = {"title": title, "publisher": publisher, "url": url}
    if title.endswith(")") and (year := title[-5:-1]).isdecimal() and title[-6:-5] == "(":
        source |= {"title": title[:-6].strip(), "year": int(year)}
    return source
