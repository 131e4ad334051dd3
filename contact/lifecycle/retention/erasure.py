"""Erasing on demand all that one person gave, before its time is over.

45 CFR 164.528 and 42 CFR 2.25 let a person ask later to whom we disclosed their records, so that
account stays with the reference; statistics and the audit trail hold nothing that says who it was.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.journal import journal_files
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction


class OnHold(InvalidTransition):
    """A legal hold keeps these requests."""


class StillOpen(InvalidTransition):
    """Somebody is still to be called: a request is closed before it is erased."""


def to_erase(request: CallbackRequest) -> list[CallbackRequest]:
    """Return the requests of this person that still hold what they gave, the oldest first."""
    person = CallbackRequest.objects.of_person(request).filter(purged_at=None)
    return list(person.order_by("created_at", "pk"))


def erase(request: CallbackRequest, by: Any, reason: str) -> int:
    """Empty all requests of this person, and delete their copies in the journal; return how many.

    `request` was locked with all of its person's. Raises InvalidTransition.
    """
    if CallbackRequest.objects.of_person(request).on_hold().exists():
        raise OnHold("A legal hold keeps these requests.")
    rows = to_erase(request)
    if not rows:
        raise InvalidTransition("Everything was erased already.")
    if any(row.is_open for row in rows):
        raise StillOpen("Some of these requests are still open.")
    keys = [row.pk for row in rows]
    for row in rows:
        row.purge()
    audit.record_each(by, AuditAction.ERASED, keys, reason=reason)
    # Copies on other machines go with the next `reconcile` there, within a minute.
    transaction.on_commit(partial(journal_files.delete_entries, keys))
    return len(keys)
