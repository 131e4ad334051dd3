"""Claims: who calls which person.

A claim covers every open request of one person, and keeps their lines: nobody else is called on
them meanwhile. It ends after CLAIM_LEASE without work.
"""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from contact.models import CallAttempt, CallbackRequest, CallbackRequestQuerySet, Notice
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.desk import desk_lock
from contact.records.enums import Direction, Priority
from contact.records.outcomes import CallOutcome, NextStep

from . import notices, presence

type Narrow = Callable[[CallbackRequestQuerySet], CallbackRequestQuerySet]

CLAIM_LEASE = timedelta(minutes=15)
CANDIDATES_PER_READ = 50
# Columns needed to decide whether a request can be claimed.
CANDIDATE_COLUMNS = (
    *("turn_at", "call_by", "person", "line_index", "claimed_until", "assigned_to", "version"),
)
# Tries when other processes claim our candidates first.
CLAIM_TRIES = 5
LEFT_TO_A_COLLEAGUE = [
    outcome for outcome in CallOutcome if outcome.facts.next_step is NextStep.COLLEAGUE
]


def lock(pk: uuid.UUID, *others: uuid.UUID) -> CallbackRequest:
    """Lock what is open on the lines of this person, in order of the keys; return it as it is now.

    With `others`, lock these and all requests of their persons too. Needs a transaction.
    Raises CallbackRequest.DoesNotExist.
    """
    if others:
        # Serialise linking, so that nobody links to a person who was just merged.
        with desk_lock():
            pass
    # no_key: a new reference to a locked row need not wait.
    rows = CallbackRequest.objects.select_for_update(no_key=True)
    while True:
        wanted = _keys_to_lock(pk, others)
        locked = {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
        # What was linked or reopened while this waited for a row is wanted too. Without row
        # locks, the transaction is the only writer.
        if not connection.features.has_select_for_update or _keys_to_lock(pk, others) <= wanted:
            return locked[pk]


def _keys_to_lock(pk: uuid.UUID, others: Collection[uuid.UUID]) -> set[uuid.UUID]:
    request = CallbackRequest.objects.only("person", "line_index").get(pk=pk)
    reachable = CallbackRequest.objects.open().on_lines_of(request)
    keys = {pk, *others, *reachable.values_list("pk", flat=True)}
    if others:
        persons = CallbackRequest.objects.filter(pk__in=[pk, *others]).values_list("person")
        linked = CallbackRequest.objects.filter(person__in=[person for (person,) in persons])
        keys |= set(linked.values_list("pk", flat=True))
    return keys


def take_next(account: Any, narrow: Narrow | None = None) -> CallbackRequest | None:
    """Claim the next request to call; an account that holds one already gets it again.

    `narrow` keeps the requests to choose from; words that may mean danger come first all the same.
    """
    now = timezone.now()
    with desk_lock():
        mine = CallbackRequest.objects.open().held(now).filter(claimed_by=account)
        if held := mine.order_by("turn_at", "id").first():
            return held
        refused: set[uuid.UUID] = set()
        while len(refused) < CLAIM_TRIES:
            found = next_free(account, now, refused, narrow)
            if found is None:
                return None
            if _claim(found, account, now):
                return CallbackRequest.objects.get(pk=found.pk)
            refused.add(found.person)
    return None


def next_free(
    account: Any,
    now: datetime,
    refused: Collection[uuid.UUID] = (),
    narrow: Narrow | None = None,
) -> CallbackRequest | None:
    """Return the next free request; none of `refused` persons.

    Words that may mean danger come first, whoever they are assigned to and in any language, then
    the account's own. A request is free if nobody holds it or a line of its person, it is not
    assigned to somebody else who still works here, and this account did not leave its person to a
    colleague. What is in a language that the account does not speak is left to whoever is there and
    does, until it is late.
    """
    taken = {*refused, *_busy(now)}

    def free(due: CallbackRequestQuerySet) -> Iterator[CallbackRequest]:
        for page in _candidates(due):
            passed_over = taken | _left_to_colleagues(page, account)
            for row in page:
                if not row.is_held(now) and not passed_over & {row.person, row.line_index}:
                    yield row

    everybody = CallbackRequest.objects.due(now)
    due = narrow(everybody) if narrow else everybody
    danger = everybody.filter(priority=Priority.DANGER, set_apart="")
    for first in (danger, due.filter(assigned_to=account)):
        if found := next(free(first), None):
            return found
    anyones = {None, *User.objects.filter(is_active=False).values_list("pk", flat=True)}
    # Anyone may take an overdue request, even one assigned to someone else.
    return next(
        (
            row
            for row in _in_turn([free(part) for part in _for_speaker(due, account, now)])
            if row.assigned_to_id in anyones or row.is_late(now)
        ),
        None,
    )


def _for_speaker(
    due: CallbackRequestQuerySet, account: Any, now: datetime
) -> list[CallbackRequestQuerySet]:
    """Return what this account may take as far as languages go, in parts without a common row."""
    left = presence.left_to_others(account, now)
    if not left:
        return [due]
    # Each part is one range of the index callback_turn.
    late = due.filter(language__in=left, call_by__lt=now, turn_at__lt=now)
    return [due.exclude(language__in=left), late]


def _in_turn(parts: list[Iterator[CallbackRequest]]) -> Iterator[CallbackRequest]:
    return heapq.merge(*parts, key=lambda row: (row.turn_at, row.pk))


def _busy(now: datetime) -> set[uuid.UUID | str]:
    """Return the lines under a claim, and every person who has an open request on one of them."""
    held = list(CallbackRequest.objects.held(now).values_list("person", "line_index"))
    lines = {line for _person, line in held if line}
    on_them = CallbackRequest.objects.filter(line_index__in=lines)
    rows = on_them.values_list("person", "closed_at") if lines else []
    # Filtered here, as below.
    waiting = {person for person, closed_at in rows if closed_at is None}
    return {person for person, _line in held} | lines | waiting


def _left_to_colleagues(requests: list[CallbackRequest], account: Any) -> set[uuid.UUID | str]:
    """Return the persons whom this account left to a colleague, on any of their open requests."""
    persons = {row.person for row in requests}
    same = CallbackRequest.objects.filter(person__in=persons).values_list("pk", "closed_at")
    # Filtered here: the database would scan all open requests to find these few.
    is_open = {pk for pk, closed_at in same if closed_at is None}
    said = CallAttempt.objects.standing().filter(
        request__in=is_open, by=account, outcome__in=LEFT_TO_A_COLLEAGUE
    )
    return set(said.order_by().values_list("request__person", flat=True))


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


def claim(request: CallbackRequest, account: Any, talk: Direction | None = None) -> bool:
    """Claim this request; return False if it changed since it was read, is closed, or is held.

    With `talk`, they called us or came to us, and `account` talks with them.
    """
    with desk_lock():
        claimed = _claim(request, account, timezone.now(), talk)
    # Refreshing the sealed fields would decrypt them.
    columns = ("claimed_by", "claimed_until", "revealed_at", "talk_direction", "version")
    request.refresh_from_db(fields=columns)
    return claimed


def _claim(
    request: CallbackRequest, account: Any, now: datetime, talk: Direction | None = None
) -> bool:
    reachable = CallbackRequest.objects.open().on_lines_of(request)
    # Every writer locks these rows in this order.
    rows = list(reachable.select_for_update(no_key=True).order_by("pk"))
    # Refuse if the request changed since it was read.
    if not any((row.pk, row.version) == (request.pk, request.version) for row in rows):
        return False
    if any(row.is_held(now) and row.claimed_by_id != account.pk for row in rows):
        return False
    person = CallbackRequest.objects.open().of_person(request)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=account)
    taken = person.filter(free).update(
        claimed_by=account,
        claimed_until=now + CLAIM_LEASE,
        revealed_at=None,
        talk_direction=talk or "",
        version=F("version") + 1,
    )
    if taken:
        notices.tell_taken((row for row in rows if row.person == request.person), account)
        detail = {"direction": talk.value} if talk else {}
        audit.record(account, AuditAction.CLAIMED, request.pk, requests=taken, **detail)
    return bool(taken)


def line_holder(request: CallbackRequest) -> CallbackRequest | None:
    """Return the request of another person that somebody holds on the same lines, if any."""
    others = CallbackRequest.objects.open().on_lines_of(request).exclude(person=request.person)
    return others.held().select_related("claimed_by").first()


def renew(request: CallbackRequest, account: Any) -> bool:
    """Extend the lease; return False if it has ended."""
    now = timezone.now()
    held = CallbackRequest.objects.open().of_person(request).held(now).filter(claimed_by=account)
    return bool(held.update(claimed_until=now + CLAIM_LEASE))


def reveal(request: CallbackRequest, by: Any) -> None:
    """Note that `by` was shown the number of a locked request."""
    now = timezone.now()
    # The claim also covers what was linked meanwhile.
    _claimable(request, by).update(
        claimed_by=by, claimed_until=now + CLAIM_LEASE, revealed_at=now, talk_direction=""
    )
    audit.record(by, AuditAction.REVEALED, request.pk)


def release(request: CallbackRequest, by: Any) -> None:
    """End the claim on a locked request without a call."""
    holder = request.claimed_by
    _hold(CallbackRequest.objects.open().of_person(request), None)
    if holder:
        notices.tell(holder, request, Notice.Kind.RELEASED, by)
    audit.record(by, AuditAction.RELEASED, request.pk)


def hand_over(request: CallbackRequest, by: Any, to: Any) -> None:
    """Pass the claim on a locked request to `to`, and whoever is on the line along with it."""
    _hold(_claimable(request, request.claimed_by_id), to, request.talk_direction)
    notices.tell(to, request, Notice.Kind.HANDED_OVER, by)
    audit.record(by, AuditAction.HANDED_OVER, request.pk, to=to.pk)


def assign(request: CallbackRequest, by: Any, to: Any) -> None:
    """Assign the person of a locked request to `to`, or to nobody if None."""
    person = CallbackRequest.objects.open().of_person(request)
    person.update(assigned_to=to, version=F("version") + 1)
    if to:
        notices.tell(to, request, Notice.Kind.ASSIGNED, by)
    audit.record(by, AuditAction.ASSIGNED, request.pk, to=to.pk if to else None)


def _claimable(request: CallbackRequest, holder: Any) -> CallbackRequestQuerySet:
    """Return the person's open requests, but for those on lines that somebody else calls.

    A request linked or reopened during a call may bring such a line along.
    """
    person = CallbackRequest.objects.open().of_person(request)
    others = CallbackRequest.objects.open().on_lines_of(request).held().exclude(claimed_by=holder)
    busy = {line for line in others.values_list("line_index", flat=True) if line}
    return person.exclude(line_index__in=busy) if busy else person


def _hold(requests: CallbackRequestQuerySet, account: Any, talk: str = "") -> None:
    until = timezone.now() + CLAIM_LEASE if account else None
    requests.update(
        claimed_by=account,
        claimed_until=until,
        revealed_at=None,
        talk_direction=talk,
        version=F("version") + 1,
    )
