"""The indexes of callback requests, by the lists that they serve.

Each also covers the columns that filters use, so that a list reads the rows of one page only.
SQLite needs `closed_at` in it too, or it would read every row to count.
"""

from __future__ import annotations

from django.db.models import F, Index, Q

IS_OPEN = Q(closed_at=None)
FILTER_COLUMNS = ("assigned_to", "language", "priority", "created_at", "call_by", "closed_at")

INDEXES = [
    # Open requests, one index for each order of the lists.
    Index(
        *("turn_at", "id", "due_at", "due_until", "status", *FILTER_COLUMNS),
        condition=IS_OPEN,
        name="callback_turn",
    ),
    Index(
        *("due_at", "id", "tries", "due_until", "status", *FILTER_COLUMNS),
        condition=IS_OPEN,
        name="callback_due",
    ),
    Index(
        *("status", "turn_at", "id", *FILTER_COLUMNS),
        condition=IS_OPEN,
        name="callback_status",
    ),
    Index(
        *("turn_at", "id", "due_at", "due_until", "status"),
        condition=IS_OPEN & Q(priority=0),
        name="callback_danger",
    ),
    Index(
        *("due_at", "id", "tries", "due_until", "status", "call_by"),
        condition=IS_OPEN & Q(priority=0),
        name="callback_danger_due",
    ),
    Index("call_by", "id", "tries", "closed_at", condition=IS_OPEN, name="callback_late"),
    # Requests that were promised an earlier call before hours or rules changed.
    Index(
        *("turn_at", "id", "due_at", "due_until", "status"),
        condition=IS_OPEN & Q(earlier_call_by__isnull=False),
        name="callback_earlier",
    ),
    # Requests whose deadline is before their next call.
    Index(
        *("due_at", "id", "tries", "call_by", "status"),
        condition=IS_OPEN & Q(call_by__lt=F("due_at")),
        name="callback_overdue",
    ),
    Index(
        *("assigned_to", "turn_at", "id"),
        condition=Q(closed_at=None, assigned_to__isnull=False),
        name="callback_assigned",
    ),
    Index("claimed_until", condition=Q(claimed_until__isnull=False), name="callback_claimed"),
    Index(
        *("claimed_by", "claimed_until"),
        condition=Q(claimed_until__isnull=False),
        name="callback_holder",
    ),
    # Requests closed before anybody called.
    Index(
        *("closed_at", "priority", "outcome"),
        condition=Q(first_attempt_at=None, closed_at__isnull=False),
        name="callback_uncalled",
    ),
    # All requests by age, then one index for each filter.
    Index(
        *("created_at", "id", "priority", "outcome", "language", "hour_of_week"),
        *("first_attempt_minutes", "status", "source", "origin"),
        *("asked_while_open", "is_secret_shopper", "closed_at"),
        name="callback_newest",
    ),
    Index(
        *("outcome", "created_at", "id", "language", "priority", "closed_at"),
        name="callback_outcome",
    ),
    Index(
        *("language", "created_at", "id", "outcome", "priority", "closed_at"),
        name="callback_language",
    ),
    Index(
        *("priority", "created_at", "id", "outcome", "language", "closed_at"),
        name="callback_priority",
    ),
    Index(
        *("assigned_to", "created_at", "id", "outcome", "language", "priority"),
        "closed_at",
        condition=Q(assigned_to__isnull=False),
        name="callback_staff",
    ),
    Index("name_index", "created_at", "id", name="callback_name"),
    Index("id", condition=Q(is_secret_shopper=True), name="callback_shopper"),
    Index("notify_after", condition=Q(notified_at=None), name="callback_to_notify"),
    Index("closed_at", condition=Q(purged_at=None), name="callback_to_purge"),
    # Closed requests by kind, for each of which the purge has a time of its own.
    Index("outcome", "closed_at", condition=Q(purged_at=None), name="callback_kept"),
    # Requests that have been open for long.
    Index(
        *("created_at", "id", "kept_until", "closed_at"),
        condition=IS_OPEN,
        name="callback_review",
    ),
    # Whom a legal hold keeps from the purge.
    Index(
        *("legal_hold", "person"),
        condition=Q(legal_hold__isnull=False),
        name="callback_legal_hold",
    ),
]
