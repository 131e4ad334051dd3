"""Filters as conditions that an index can answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from contact.models import CallbackRequestQuerySet

from .filters import AGES, ME, NOBODY, Filters


def whose(filters: Filters, account: Any) -> int | None:
    """The account whose requests are wanted; None for everybody's or nobody's."""
    staff = filters.chosen.get("staff")
    if not staff or staff == NOBODY:
        return None
    return account.pk if staff == ME else int(staff)


def narrowed(
    queryset: CallbackRequestQuerySet,
    filters: Filters,
    account: Any,
    now: datetime,
    *,
    holds: bool = True,
) -> list[CallbackRequestQuerySet]:
    """Those of `queryset` that fit everything but the list, in parts that share no request.

    "Assigned to or held by" is two parts: joined by OR, a database would read a whole list. The
    second is left out if it is known that this person `holds` none.
    """
    chosen = filters.chosen
    for name in ("language", "priority", "outcome"):
        if name in chosen:
            queryset = queryset.filter(**{name: chosen[name]})
    if age := chosen.get("age"):
        queryset = queryset.filter(AGES[age][1](now))
    if "late" in chosen:
        # Only open requests have this filter. To say so twice makes PostgreSQL expect too few.
        queryset = queryset.filter(call_by__lt=now)
    if chosen.get("staff") == NOBODY:
        held = Q(claimed_until__isnull=False, claimed_until__gt=now)
        return [queryset.filter(Q(assigned_to=None) & ~held)]
    who = whose(filters, account)
    if who is None:
        return [queryset]
    given = queryset.filter(assigned_to=who)
    if not holds:
        return [given]
    theirs = queryset.filter(claimed_by=who, claimed_until__gt=now)
    return [given, theirs.filter(Q(assigned_to=None) | ~Q(assigned_to=who))]
