"""Writing the snapshot of the desk, in the background process."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from contact.lifecycle.journal import journal_files
from contact.lifecycle.team.claims import CLAIM_LEASE
from contact.models import (
    CallAttempt,
    CallbackRequest,
    CallbackRequestQuerySet,
    CallerId,
    DangerPhrase,
)
from contact.records.desk.desk import Desk
from contact.records.enums import Priority
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences

from .desk_snapshot import DeskSnapshot, read_snapshot, snapshot_path

RENEW_AFTER = timedelta(seconds=30)
# Ignore requests that become due later than this when estimating.
ESTIMATE_AHEAD = timedelta(days=3)


def write_snapshot() -> bool:
    """Write the file if the desk changed or the last one ages; return whether it was written."""
    fresh, last = _from_database(timezone.now()), read_snapshot()
    if last and last._replace(written_at=fresh.written_at) == fresh:
        age = fresh.written_at - last.written_at
        if timedelta() <= age < RENEW_AFTER:
            return False
    values = fresh._asdict() | {
        "schedule": fresh.schedule.as_json(),
        "ahead": [(due_at.isoformat(), people) for due_at, people in fresh.ahead],
        "promised": fresh.promised.isoformat() if fresh.promised else "",
        "promised_to": [[*to[:3], promise.isoformat()] for to, promise in fresh.promised_to],
        "crowd_promised": fresh.crowd_promised.isoformat() if fresh.crowd_promised else "",
        "written_at": fresh.written_at.isoformat(),
        "code_words": sorted(fresh.code_words),
        "caller_ids": [(*row[:2], row.verified_on.isoformat()) for row in fresh.caller_ids],
    }
    path = snapshot_path()
    temporary = path.with_suffix(".new")
    mode = journal_files.file_mode()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "w") as file:
        # At once, in C: `json.dump` takes three times as long.
        file.write(json.dumps(values))
    temporary.replace(path)
    return True


def _from_database(now: datetime) -> DeskSnapshot:
    desk = Desk.current()
    waiting = (
        CallbackRequest.objects.open()
        .filter(status__in=CallbackRequest.CALLABLE, due_at__lte=now + ESTIMATE_AHEAD)
        .exclude(priority__in=[each for each in Priority if not each.facts.delays_others])
    )
    in_crowd = waiting.in_crowd()
    waiting = waiting.not_in_crowd()
    due, ahead = _calls_waiting(waiting, now)
    schedule = Schedule.current()
    promised, promised_to = _promised(waiting.filter(due_at__lte=now), now)
    crowd_promised, _others = _promised(in_crowd.filter(due_at__lte=now), now)
    return DeskSnapshot(
        schedule,
        desk.target_minutes,
        desk.minutes_per_call,
        due,
        tuple(ahead.items()),
        promised,
        # Outside opening hours, assume one person on duty.
        max(1, len(_accounts_at_work(now))) if schedule.is_open(now) else 1,
        DangerPhrase.objects.rows(),
        now,
        promised_to,
        _code_words_taken(),
        CallerId.objects.shown(),
        in_crowd.order_by().values("line_index").distinct().count(),
        crowd_promised,
    )


def _calls_waiting(
    waiting: CallbackRequestQuerySet, now: datetime
) -> tuple[int, Counter[datetime]]:
    """How many calls are due now, and how many in each hour to come."""
    # A line that asks often takes one call, the first.
    first_due = waiting.order_by().values("line_index").annotate(first=Min("due_at"))
    due, ahead = 0, Counter[datetime]()
    for due_at in sorted(first_due.values_list("first", flat=True)):
        if due_at <= now:
            due += 1
        else:
            # Rounded down to the hour, so that estimates are late rather than early.
            ahead[due_at.replace(minute=0, second=0, microsecond=0)] += 1
    return due, ahead


def _promised(
    due: CallbackRequestQuerySet, now: datetime
) -> tuple[datetime | None, tuple[tuple[CallPreferences, datetime], ...]]:
    """Return the latest promise within their present hours, and the latest for each kind of hours.

    Somebody whose hours end soon is promised a call in their next ones, which says nothing of how
    long others wait.
    """
    first: dict[str, CallbackRequest] = {}
    columns = ("line_index", "promised_by", "due_until", "best_time", "time_zone", "number_zones")
    for row in due.filter(tries=0, promised_by__gt=now).only(*columns).order_by("promised_by"):
        first.setdefault(row.line_index, row)
    latest: datetime | None = None
    alike: dict[CallPreferences, datetime] = {}
    for row in first.values():
        if row.promised_by is None or row.due_until is None:
            continue
        alike[CallPreferences(row.best_time, row.time_zone, row.number_zones)] = row.promised_by
        if row.promised_by <= row.due_until:
            latest = row.promised_by
    return latest, tuple(sorted(alike.items()))


def _code_words_taken() -> frozenset[int]:
    given = CallbackRequest.objects.open().filter(code_words__isnull=False)
    numbers = given.values_list("code_words", flat=True)
    return frozenset(number for number in numbers if number is not None)


def _accounts_at_work(now: datetime) -> set[Any]:
    """Return the accounts that claimed a request or made a call in the last hour."""
    an_hour_ago = now - timedelta(hours=1)
    claims = CallbackRequest.objects.filter(claimed_until__gt=an_hour_ago + CLAIM_LEASE)
    calls = CallAttempt.objects.standing().filter(at__gt=an_hour_ago)
    return {
        *claims.order_by().values_list("claimed_by", flat=True).distinct(),
        *calls.order_by().values_list("by", flat=True).distinct(),
    }
