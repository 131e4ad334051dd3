"""Claims: who works on which request.

A claim covers every open request of one phone number, and ends after CLAIM_LEASE without work.
"""

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
from contact.records.outcomes import CallOutcome, NextStep

CLAIM_LEASE = timedelta(minutes=15)
CANDIDATES_PER_READ = 50
# Columns needed to decide whether a request can be claimed.
CANDIDATE_COLUMNS = ("turn_at", "call_by", "phone_index", "claimed_until", "assigned_to", "version")
# Tries when other processes claim our candidates first.
CLAIM_TRIES = 5
LEFT_TO_A_COLLEAGUE = [
    outcome for outcome in CallOutcome if outcome.facts.next_step is NextStep.COLLEAGUE
]


def lock(pk: uuid.UUID, *others: uuid.UUID) -> CallbackRequest:
    """Lock all open requests of this one's number, in order of their keys; return it as it is now.

    With `others`, lock these and all requests linked with any of them too. Needs a transaction.
    Raises CallbackRequest.DoesNotExist.
    """
    if others:
        # Serialise linking, so that nobody links to a group head that was just merged.
        with desk_lock():
            pass
    index = CallbackRequest.objects.values_list("phone_index", flat=True).get(pk=pk)
    wanted = Q(pk=pk) | Q(phone_index=index, closed_at=None) if index else Q(pk=pk)
    if others:
        members = CallbackRequest.objects.filter(pk__in=[pk, *others])
        firsts = [first or member for member, first in members.values_list("pk", "same_person_as")]
        wanted |= Q(pk__in=[*others, *firsts]) | Q(same_person_as__in=firsts)
    # no_key: a new reference to a locked row need not wait.
    rows = CallbackRequest.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")
    return {row.pk: row for row in rows}[pk]


def take_next(account: Any) -> CallbackRequest | None:
    """Claim the next request to call; an account that holds one already gets it again."""
    now = timezone.now()
    with desk_lock():
        mine = CallbackRequest.objects.open().held(now).filter(claimed_by=account)
        if held := mine.order_by("turn_at", "id").first():
            return held
        for _try in range(CLAIM_TRIES):
            found = next_free(account, now)
            if found is None:
                return None
            if _claim(found, account, now):
                return CallbackRequest.objects.get(pk=found.pk)
    return None


def next_free(account: Any, now: datetime) -> CallbackRequest | None:
    """Return the next free request, the account's assigned ones first.

    A request is free if nobody holds it, it is not assigned to someone else, and this account
    did not leave it to a colleague.
    """
    held = CallbackRequest.objects.held(now).exclude(phone_index="")
    numbers = set(held.values_list("phone_index", flat=True))

    def free(due: CallbackRequestQuerySet) -> Iterator[CallbackRequest]:
        for page in _candidates(due):
            passed_over = _left_to_colleagues(page, account)
            for row in page:
                is_held = row.is_held(now) or row.phone_index in numbers
                if not is_held and not passed_over & {row.pk, row.phone_index}:
                    yield row

    due = CallbackRequest.objects.due(now)
    if mine := next(free(due.filter(assigned_to=account)), None):
        return mine
    # Anyone may take an overdue request, even one assigned to someone else.
    return next((row for row in free(due) if row.assigned_to_id is None or row.is_late(now)), None)


def _left_to_colleagues(requests: list[CallbackRequest], account: Any) -> set[uuid.UUID | str]:
    """Return the keys and numbers that this account left to a colleague, on any open request."""
    numbers = {row.phone_index for row in requests if row.phone_index}
    same = CallbackRequest.objects.filter(phone_index__in=numbers).values_list("pk", "closed_at")
    # Filtered here: the database would scan all open requests to find these few.
    is_open = {pk for pk, closed_at in same if closed_at is None}
    wanted = {row.pk for row in requests} | is_open
    said = CallAttempt.objects.filter(
        request__in=wanted, by=account, outcome__in=LEFT_TO_A_COLLEAGUE
    )
    found = said.order_by().values_list("request", "request__phone_index")
    return {known for row in found for known in row if known}


def _candidates(due: CallbackRequestQuerySet) -> Iterator[list[CallbackRequest]]:
    """Yield due requests in short reads; more conditions would make a database sort them all."""
    rows = due.only(*CANDIDATE_COLUMNS).order_by("turn_at", "id")
    page = list(rows[:CANDIDATES_PER_READ])
    while page:
        yield page
        last = page[-1]
        further = Q(turn_at__gt=last.turn_at) | Q(pk__gt=last.pk)
        # The redundant first condition starts the index scan here; an OR alone starts at the top.
        page = list(rows.filter(Q(turn_at__gte=last.turn_at) & further)[:CANDIDATES_PER_READ])


def claim(request: CallbackRequest, account: Any) -> bool:
    """Claim this request; return False if it changed since it was read, is closed, or is held."""
    with desk_lock():
        claimed = _claim(request, account, timezone.now())
    # Refreshing the sealed fields would decrypt them.
    request.refresh_from_db(fields=["claimed_by", "claimed_until", "revealed_at", "version"])
    return claimed


def _claim(request: CallbackRequest, account: Any, now: datetime) -> bool:
    number = CallbackRequest.objects.open().of_number(request)
    # Every writer locks these rows in this order.
    rows = list(number.select_for_update(no_key=True).order_by("pk"))
    # Refuse if the request changed since it was read.
    if not any((row.pk, row.version) == (request.pk, request.version) for row in rows):
        return False
    if any(row.is_held(now) and row.claimed_by_id != account.pk for row in rows):
        return False
    free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=account)
    taken = number.filter(free).update(
        claimed_by=account,
        claimed_until=now + CLAIM_LEASE,
        revealed_at=None,
        version=F("version") + 1,
    )
    if taken:
        audit.record(account, AuditAction.CLAIMED, request.pk, requests=taken)
    return bool(taken)


def renew(request: CallbackRequest, account: Any) -> bool:
    """Extend the lease; return False if it has ended."""
    now = timezone.now()
    held = CallbackRequest.objects.open().of_number(request).held(now).filter(claimed_by=account)
    return bool(held.update(claimed_until=now + CLAIM_LEASE))


def reveal(request: CallbackRequest, by: Any) -> None:
    """Note that `by` was shown the number of a locked request."""
    now, number = timezone.now(), CallbackRequest.objects.open().of_number(request)
    # The claim also covers requests that came from the number meanwhile.
    number.update(claimed_by=by, claimed_until=now + CLAIM_LEASE, revealed_at=now)
    audit.record(by, AuditAction.REVEALED, request.pk)


def release(request: CallbackRequest, by: Any) -> None:
    """End the claim on a locked request without a call."""
    _hold(request, None)
    audit.record(by, AuditAction.RELEASED, request.pk)


def hand_over(request: CallbackRequest, by: Any, to: Any) -> None:
    """Pass the claim on a locked request to `to`."""
    _hold(request, to)
    audit.record(by, AuditAction.HANDED_OVER, request.pk, to=to.pk)


def assign(request: CallbackRequest, by: Any, to: Any) -> None:
    """Assign the number of a locked request to `to`, or to nobody if None."""
    number = CallbackRequest.objects.open().of_number(request)
    number.update(assigned_to=to, version=F("version") + 1)
    audit.record(by, AuditAction.ASSIGNED, request.pk, to=to.pk if to else None)


def _hold(request: CallbackRequest, account: Any) -> None:
    until = timezone.now() + CLAIM_LEASE if account else None
    number = CallbackRequest.objects.open().of_number(request)
    number.update(
        claimed_by=account, claimed_until=until, revealed_at=None, version=F("version") + 1
    )
