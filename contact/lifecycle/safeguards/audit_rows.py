"""Requests and calls beside their entries in the audit trail: neither stands without the other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from contact.models import CallAttempt, CallbackRequest, Note
from contact.privacy.audit_trail.audit import AuditAction, AuditEntry
from contact.records.requests.safety import BOUND_FIELDS as SAFETY_FIELDS
from contact.records.requests.safety import SEAL, is_safety_seal

# Short reads: a long one would block SQLite's writers.
ROWS_A_QUERY = 1000
# More than these are not named one by one.
MOST_NAMED = 10


def requests_without_entries() -> Iterator[str]:
    """Yield the references of requests of which the trail does not say that they came."""
    rows = CallbackRequest.objects.order_by("pk").values_list("pk", "reference")
    last = uuid.UUID(int=0)
    while batch := list(rows.filter(pk__gt=last)[:ROWS_A_QUERY]):
        received = AuditEntry.objects.filter(request_id__in=[pk for pk, _reference in batch])
        received = received.filter(action=AuditAction.RECEIVED)
        known = set(received.values_list("request_id", flat=True))
        yield from (reference for pk, reference in batch if pk not in known)
        last = batch[-1][0]


def entries_without_requests() -> Iterator[int]:
    """Yield the numbers of entries that say a request came that is not there."""
    received = AuditEntry.objects.filter(action=AuditAction.RECEIVED).order_by("number")
    entries: Any = received.values_list("number", "request_id")
    last = 0
    while batch := list(entries.filter(number__gt=last)[:ROWS_A_QUERY]):
        keys = [key for _number, key in batch]
        stored = CallbackRequest.objects.filter(pk__in=keys)
        known = set(stored.values_list("pk", flat=True))
        yield from (number for number, key in batch if key not in known)
        last = batch[-1][0]


def records_without_entries(model: type[CallAttempt | Note], action: AuditAction) -> Iterator[str]:
    """Yield the keys of calls or notes of which the trail does not say that they were made."""
    rows: Any = model._default_manager.order_by("pk").values_list("pk", "request_id")
    last = uuid.UUID(int=0)
    while batch := list(rows.filter(pk__gt=last)[:ROWS_A_QUERY]):
        requests = {request for _pk, request in batch}
        entries = AuditEntry.objects.filter(request_id__in=requests, action=action)
        known = {detail.get("entry") for detail in entries.values_list("detail", flat=True)}
        yield from (str(pk) for pk, _request in batch if str(pk) not in known)
        last = batch[-1][0]


def changed_safety() -> Iterator[str]:
    """Yield the references of requests whose answers about a safe call this site did not write."""
    rows: Any = CallbackRequest.objects.order_by("pk").values_list(
        "pk", "reference", SEAL, *SAFETY_FIELDS
    )
    last = uuid.UUID(int=0)
    while batch := list(rows.filter(pk__gt=last)[:ROWS_A_QUERY]):
        for pk, reference, seal, *values in batch:
            if not is_safety_seal(seal, pk, values):
                yield reference
        last = batch[-1][0]


def audit_faults() -> Iterator[str]:
    """Yield a sentence for each kind of row or entry that stands alone."""
    found = {
        "requests are there of which the trail does not say that they came": (
            requests_without_entries()
        ),
        "entries name requests that are gone": entries_without_requests(),
        "calls have no entry": records_without_entries(CallAttempt, AuditAction.CALLED),
        "what is safe on a call was changed by others": changed_safety(),
        "notes have no entry": records_without_entries(Note, AuditAction.ADDED_NOTE),
    }
    for words, alone in found.items():
        if some := [str(each) for each in islice(alone, MOST_NAMED + 1)]:
            more = " and more" if len(some) > MOST_NAMED else ""
            yield f"{words}: {', '.join(some[:MOST_NAMED])}{more}"
