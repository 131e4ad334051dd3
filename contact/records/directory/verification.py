"""Help lines and places that somebody checked on a day, and words by which they are found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from contact.records.enums import Language

# After half a year, numbers and hours may have changed.
CHECK_AGAIN_AFTER = timedelta(days=183)


def is_verification_stale(verified_on: date | None) -> bool:
    return verified_on is None or verified_on < timezone.localdate() - CHECK_AGAIN_AFTER


def found_by(queryset: Any, term: str, fields: tuple[str, ...]) -> Any:
    """Keep rows in which each word stands in one of the fields; tables of a few hundred rows."""
    for word in term.split():
        fits = Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)
        # Languages are written as codes or in words.
        for language in Language:
            if language.is_written and word.casefold() in str(language.label).casefold():
                fits |= Q(languages__iregex=rf"(^|[^a-z]){language.value}([^a-z]|$)")
        queryset = queryset.filter(fits)
    return queryset
