"""Filters as conditions that an index can answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from contact.models import CallbackRequestQuerySet

from .filters import ASKED_RANGES, ME, MOVED_PROMISES, NOBODY, Filters
from .paging import Segment


def staff_filter_id(filters: Filters, account: Any) -> int | None:
    """The id of the account whose requests are wanted; None for everybody's or nobody's."""
    staff = filters.chosen.get("staff")
    if not staff or staff == NOBODY:
        return None
    return account.pk if staff == ME else int(staff)


def narrow_due(
    queryset: CallbackRequestQuerySet, filters: Filters, account: Any, now: datetime
) -> CallbackRequestQuerySet:
    """The due requests that fit every filter but the list.

    To whom they are assigned counts, not who holds them: nobody may hold what is taken.
    """
    kept = {
        name: value for name, value in filters.chosen.items() if name not in ("staff", "outcome")
    }
    (queryset,) = narrow(queryset, Filters(kept), account, now)
    if filters.chosen.get("staff") == NOBODY:
        return queryset.filter(assigned_to=None)
    staff_id = staff_filter_id(filters, account)
    return queryset if staff_id is None else queryset.filter(assigned_to=staff_id)


def narrow(
    queryset: CallbackRequestQuerySet,
    filters: Filters,
    account: Any,
    now: datetime,
    *,
    has_claims: bool = True,
) -> Segment:
    """The rows that fit every filter but the list, as querysets without a common row.

    "Assigned to or held by" makes two querysets: joined by OR, a database would read a whole list.
    The second is left out for a person without claims (`has_claims`).
    """
    chosen = filters.chosen
    for name in ("language", "priority", "outcome"):
        if name in chosen:
            queryset = queryset.filter(**{name: chosen[name]})
    if age := chosen.get("age"):
        queryset = queryset.filter(ASKED_RANGES[age][1](now))
    if chosen.get("late") == MOVED_PROMISES:
        queryset = queryset.filter(earlier_call_by__isnull=False)
    elif "late" in chosen:
        # Only lists of open requests have this filter. Repeating `closed_at` here makes
        # PostgreSQL underestimate the number of rows.
        queryset = queryset.filter(call_by__lt=now)
    if chosen.get("staff") == NOBODY:
        held = Q(claimed_until__isnull=False, claimed_until__gt=now)
        return [queryset.filter(Q(assigned_to=None) & ~held)]
    staff_id = staff_filter_id(filters, account)
    if staff_id is None:
        return [queryset]
    assigned = queryset.filter(assigned_to=staff_id)
    if not has_claims:
        return [assigned]
    held = Q(claimed_by=staff_id, claimed_until__gt=now)
    return [assigned, queryset.filter(held, Q(assigned_to=None) | ~Q(assigned_to=staff_id))]
