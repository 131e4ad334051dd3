"""What the lists show of the whole desk, besides their rows; one query."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, QuerySet, Subquery
from django.utils import timezone

from contact.intake.handover.shift_change import unacknowledged
from contact.models import CallbackRequest, CallerId, Colleague, Desk, ProposedErasure
from contact.records.compiled_query import CompiledQuery
from contact.records.desk.caller_ids import VERIFIED_FOR

from .alarms import alarm_expressions
from .selection.lists import add_passed, counts_query, end_of_today

NO_ACCOUNT = 0
# What else waits for leads.
HINTS = ("numbers_to_verify", "has_old_requests", "has_erasures")


def load_desk_state(now: datetime, account: Any, staff_id: int | None) -> dict[str, Any]:
    """Return the counts of the lists, and the rest by name.

    `mine`: the request that `account` holds. `takes_calls`: what it says of itself. `has_handover`:
    whether one waits for it. `has_claims`: whether the account with `staff_id`, if any is wanted,
    holds a request.
    """
    arguments = (now, timezone.localdate(now), account.pk, staff_id or NO_ACCOUNT)
    state = STATE.first(*arguments)
    if state is None:
        Desk.current()
        state = STATE.first(*arguments)
    assert state is not None  # noqa: S101 - the row was just made
    oldest, days = state.pop("oldest_unreviewed"), state.pop("days_open")
    # An account without a row takes calls.
    state["takes_calls"] = state["takes_calls"] is not False
    state["has_old_requests"] = oldest is not None and oldest < now - timedelta(days=days)
    return add_passed(state)


def _query(now: datetime, today: date, account_id: int, staff_id: int) -> QuerySet[Any, Any]:
    requests = CallbackRequest.objects.all()
    mine = requests.open().held(now).filter(claimed_by=account_id).order_by("turn_at", "id")
    claims = requests.held(now).filter(claimed_by=staff_id)
    waiting = requests.open().filter(due_at__gt=now).exclude(status=CallbackRequest.Status.LEAD)
    reader = Colleague.objects.filter(account=account_id)
    old = requests.unreviewed(today).order_by("created_at")
    further = {
        "mine": Subquery(mine.values("pk")[:1]),
        "reference": Subquery(mine.values("reference")[:1]),
        "has_claims": Exists(claims),
        "next_due": Subquery(waiting.order_by("due_at").values("due_at")[:1]),
        "last_viewed_at": F("looked_at"),
        "takes_calls": Subquery(reader.values("takes_calls")),
        "has_handover": Exists(unacknowledged().exclude(by=account_id)),
        "oldest_unreviewed": Subquery(old.values("created_at")[:1]),
        "numbers_to_verify": Exists(CallerId.objects.to_verify(today)),
        "has_erasures": Exists(ProposedErasure.objects.waiting()),
    }
    days = F("review_days")
    return counts_query(now, days_open=days, **further, **alarm_expressions(now))


def _given(now: datetime, today: date, account_id: int, staff_id: int) -> tuple[object, ...]:
    return now, end_of_today(now), today, today - VERIFIED_FOR, account_id, staff_id


# Any time and any two accounts; no two of these values are equal.
EXAMPLE = (datetime(2001, 2, 3, 4, 5, 6, 7, UTC), date(2001, 2, 3), -1, -2)
STATE = CompiledQuery(_query, _given, EXAMPLE)
