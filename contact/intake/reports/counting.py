"""Counting by the database, and what no report counts."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Count, Q

from contact.models import CallbackRequest
from contact.records.enums import Priority
from contact.records.outcomes import RequestOutcome

# Requests with one of these values are spam or look automatic.
SPAM: dict[str, list[Any]] = {
    "priority": [each for each in Priority if not each.facts.is_counted],
    "outcome": [each for each in RequestOutcome if not each.facts.is_counted],
}
IS_SPAM = Q(priority__in=SPAM["priority"]) | Q(outcome__in=SPAM["outcome"])


class Group(NamedTuple):
    """The number of requests with this label; None: hidden."""

    label: str
    number: int | None


def count_by(rows: Any, *columns: str) -> Any:
    """A tuple for each combination of values in the columns, with the number of its rows."""
    return rows.values_list(*columns).annotate(number_of=Count("pk"))


def without_uncounted(calls: Any, requests: Any) -> Any:
    """The calls without those about spam or a secret shopper among `requests`.

    Subqueries instead of a join: a join would look up the request of every call.
    """
    for column, values in SPAM.items():
        calls = calls.exclude(request__in=requests.filter(**{f"{column}__in": values}).values("pk"))
    return calls.exclude(request__in=secret_shoppers())


def secret_shoppers() -> Any:
    """Their keys, along an index of their own."""
    return CallbackRequest.objects.filter(is_secret_shopper=True).values("pk")
