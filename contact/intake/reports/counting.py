"""Counting by the database, and what no report counts."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from contact.records.enums import Priority
from contact.records.outcomes import RequestOutcome

# Requests with one of these values are spam or look automatic.
EXCLUDED: dict[str, list[Any]] = {
    "priority": [each for each in Priority if not each.facts.is_counted],
    "outcome": [each for each in RequestOutcome if not each.facts.is_counted],
}


def count_by(rows: Any, *columns: str) -> Any:
    """A tuple for each combination of values in the columns, with the number of its rows."""
    return rows.values_list(*columns).annotate(number_of=Count("pk"))
