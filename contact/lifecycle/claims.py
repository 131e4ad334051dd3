"""Who works on which request. A claim covers every open request of one phone number, and ends
after LEASE without work."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from contact.models import CallAttempt, CallbackRequest, CallbackRequestQuerySet
from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.records.desk import desk_lock
from contact.records.enums import CallOutcome, NextStep

LEASE = timedelta(minutes=15)
PAGE = 50
# Of a row, to tell whether it is free.
NEEDED = ("turn_at", "call_by", "phone_index", "claimed_until", "assigned_to", "version")
# So often somebody else may come first before nobody is said to be free.
CHANCES = 5
LEFT_TO_A_COLLEAGUE = [
    outcome for outcome in CallOutcome if outcome.facts.next_step is NextStep.COLLEAGUE
]


def lock(pk: uuid.UUID, *others: uuid.UUID) -> CallbackRequest:
    """Lock all open requests of this one's number, in one order, and return it as it is now.

    With `others` and all that are linked with either. Inside a transaction.
    Raises CallbackRequest.DoesNotExist.
    """
    if others:
        # Links take turns: nobody is linked to the first of a group that just became another's.
        with desk_lock():
            pass
    index = CallbackRequest.objects.values_list("phone_index", flat=True).get(pk=pk)
    wanted = Q(pk=pk) | Q(phone_index=index, closed_at=None) if index else Q(pk=pk)
    if others:
        members = CallbackRequest.objects.filter(pk__in=[pk, *others])
        firsts = [first or member for member, first in members.values_list("pk", "same_person_as")]
        wanted |= Q(pk__in=[*others, *firsts]) | Q(same_person_as__in=firsts)
    # Not the key: a row that others point to, or are about to, need not wait for it.
    rows = CallbackRequest.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")
    return {row.pk: row for row in rows}[pk]


def take_next(account: Any) -> CallbackRequest | None:
    """Claim who is to be called next; whoever holds one already gets that one again."""
    now = timezone.now()
    with desk_lock():
        mine = CallbackRequest.objects.open().held(now).filter(claimed_by=account)
        if held := mine.order_by("turn_at", "id").first():
            return held
        for _chance in range(CHANCES):
            found = next_free(account, now)
            if found is None:
                return None
            if _claim(found, account, now):
                return CallbackRequest.objects.get(pk=found.pk)
    return None


def next_free(account: Any, now: datetime) -> CallbackRequest | None:
    """Who is due next, that nobody holds, was given, or found not to fit; one's own first."""
    held = CallbackRequest.objects.held(now).exclude(phone_index="")
    numbers = set(held.values_list("phone_index", flat=True))

    def free(due: CallbackRequestQuerySet) -> Iterator[CallbackRequest]:
        for page in _in_turn(due):
            passed_over = _found_not_to_fit(page, account)
            for row in page:
                is_held = row.is_held(now) or row.phone_index in numbers
                if not is_held and not passed_over & {row.pk, row.phone_index}:
                    yield row

    due = CallbackRequest.objects.due(now)
    if mine := next(free(due.filter(assigned_to=account)), None):
        return mine
    # A promise goes before who was meant to keep it.
    return next((row for row in free(due) if row.assigned_to_id is None or row.is_late(now)), None)


def _found_not_to_fit(requests: list[CallbackRequest], account: Any) -> set[uuid.UUID | str]:
    """Keys and numbers of which this person said, on any open request, that they need someone
    else."""
    numbers = {row.phone_index for row in requests if row.phone_index}
    same = CallbackRequest.objects.filter(phone_index__in=numbers).values_list("pk", "closed_at")
    # Not asked of the database: it would walk through all open requests to find these few.
    is_open = {pk for pk, closed_at in same if closed_at is None}
    wanted = {row.pk for row in requests} | is_open
    said = CallAttempt.objects.filter(
        request__in=wanted, by=account, outcome__in=LEFT_TO_A_COLLEAGUE
    )
    found = said.order_by().values_list("request", "request__phone_index")
    return {known for row in found for known in row if known}


def _in_turn(due: CallbackRequestQuerySet) -> Iterator[list[CallbackRequest]]:
    """Page by page: the conditions that are asked of each row would make a database sort all."""
    rows = due.only(*NEEDED).order_by("turn_at", "id")
    page = list(rows[:PAGE])
    while page:
        yield page
        last = page[-1]
        further = Q(turn_at__gt=last.turn_at) | Q(pk__gt=last.pk)
        # Together they are a range of the index: a bare OR would be read from its start.
        page = list(rows.filter(Q(turn_at__gte=last.turn_at) & further)[:PAGE])


def claim(request: CallbackRequest, account: Any) -> bool:
    """Claim this request as it was read; False if it changed since, is closed, or someone else
    holds its number."""
    with desk_lock():
        claimed = _claim(request, account, timezone.now())
    # Not the sealed fields: refreshing them would open them.
    request.refresh_from_db(fields=["claimed_by", "claimed_until", "revealed_at", "version"])
    return claimed


def _claim(request: CallbackRequest, account: Any, now: datetime) -> bool:
    number = CallbackRequest.objects.open().of_number(request)
    # Others lock these rows in this order too.
    rows = list(number.select_for_update(no_key=True).order_by("pk"))
    # What was called, planned, left to a lead or closed since is another case than it seemed.
    if not any((row.pk, row.version) == (request.pk, request.version) for row in rows):
        return False
    if any(row.is_held(now) and row.claimed_by_id != account.pk for row in rows):
        return False
    free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=account)
    taken = number.filter(free).update(
        claimed_by=account, claimed_until=now + LEASE, revealed_at=None, version=F("version") + 1
    )
    if taken:
        audit.record(account, AuditAction.CLAIMED, request.pk, requests=taken)
    return bool(taken)


def renew(request: CallbackRequest, account: Any) -> bool:
    """Work goes on: the lease begins anew. False if it has ended."""
    now = timezone.now()
    held = CallbackRequest.objects.open().of_number(request).held(now).filter(claimed_by=account)
    return bool(held.update(claimed_until=now + LEASE))


def reveal(request: CallbackRequest, by: Any) -> None:
    """Note that `by` was shown the number. The request is locked."""
    now, number = timezone.now(), CallbackRequest.objects.open().of_number(request)
    # Whatever came in from the same number meanwhile is theirs too.
    number.update(claimed_by=by, claimed_until=now + LEASE, revealed_at=now)
    audit.record(by, AuditAction.REVEALED, request.pk)


def release(request: CallbackRequest, by: Any) -> None:
    """Let the number go without a call. The request is locked."""
    _hold(request, None)
    audit.record(by, AuditAction.RELEASED, request.pk)


def hand_over(request: CallbackRequest, by: Any, to: Any) -> None:
    """`to` holds the number from now on. The request is locked."""
    _hold(request, to)
    audit.record(by, AuditAction.HANDED_OVER, request.pk, to=to.pk)


def assign(request: CallbackRequest, by: Any, to: Any) -> None:
    """Keep the number for `to`, or for anyone if None. The request is locked."""
    number = CallbackRequest.objects.open().of_number(request)
    number.update(assigned_to=to, version=F("version") + 1)
    audit.record(by, AuditAction.ASSIGNED, request.pk, to=to.pk if to else None)


def _hold(request: CallbackRequest, account: Any) -> None:
    until = timezone.now() + LEASE if account else None
    number = CallbackRequest.objects.open().of_number(request)
    number.update(
        claimed_by=account, claimed_until=until, revealed_at=None, version=F("version") + 1
    )
