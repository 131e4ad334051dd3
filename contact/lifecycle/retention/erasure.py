"""Erasing on demand all that one person gave, before its time is over.

One person asks for it and another confirms, for nobody can bring it back.
45 CFR 164.528 and 42 CFR 2.25 let a person ask later to whom we disclosed their records, so that
account stays with the reference; statistics and the audit trail hold nothing that says who it was.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contact.lifecycle import clock
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.journal import journal_files
from contact.models import CallbackRequest, ProposedErasure
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

# Whoever has one of these may confirm what somebody else asked for.
MAY_CONFIRM = ("contact.protect_callbackrequest", "contact.lead_callbackrequest")


class OnHold(InvalidTransition):
    """A legal hold keeps these requests."""


class StillOpen(InvalidTransition):
    """Somebody is still to be called: a request is closed before it is erased."""


class NeedsSecondPerson(InvalidTransition):
    """Whoever asked for an erasure can't confirm it now."""


class OtherRequests(InvalidTransition):
    """The person's requests are others than when the erasure was asked for."""


def to_erase(request: CallbackRequest) -> list[CallbackRequest]:
    """Return the requests of this person that still hold what they gave, the oldest first."""
    person = CallbackRequest.objects.of_person(request).filter(purged_at=None)
    return list(person.order_by("created_at", "pk"))


def proposal_for(request: CallbackRequest) -> ProposedErasure | None:
    """Return the erasure of this person's requests that waits for a second person, or None.

    Two wait where requests were linked since; then that of `request` itself, else the older one.
    """
    person = CallbackRequest.objects.of_person(request)
    waiting = list(
        ProposedErasure.objects.waiting().filter(request__in=person).select_related("by")
    )
    waiting.sort(key=lambda each: each.request_id != request.pk)
    return waiting[0] if waiting else None


def second_persons(proposal_by: Any) -> list[Any]:
    """Return the accounts in use that may confirm what this one asks for, by name."""
    accounts: Any = get_user_model().objects
    able = Q()
    for permission in MAY_CONFIRM:
        able |= Q(pk__in=accounts.with_perm(permission).values("pk"))
    others = accounts.filter(able, is_active=True, is_staff=True).exclude(pk=proposal_by.pk)
    return list(others.order_by("first_name", "username"))


def may_confirm(proposal: ProposedErasure, account: Any) -> bool:
    """Return whether this account is a second person, or may do without one."""
    if proposal.by_id != account.pk:
        return True
    return not second_persons(account) and is_waited_for(proposal)


def is_waited_for(proposal: ProposedErasure) -> bool:
    """Return whether the days are over after which whoever asked may do without a second person."""
    return timezone.now() >= proposal.alone_from and clock.is_clock_trusted()


def propose(request: CallbackRequest, by: Any, reason: str) -> ProposedErasure:
    """Ask for the erasure of all requests of this person. Raises InvalidTransition.

    `request` was locked with all of its person's.
    """
    keys = _erasable(request)
    if proposal_for(request):
        raise InvalidTransition("Somebody asked for this before.")
    found = ProposedErasure.objects.create(
        request=request, request_ids=[str(key) for key in keys], by=by, reason=reason
    )
    audit.record_each(by, AuditAction.ERASURE_ASKED, keys, reason=reason)
    return found


def confirm(request: CallbackRequest, by: Any, key: UUID | None) -> int:
    """Empty all requests of this person, and delete their copies in the journal; return how many.

    `request` was locked with all of its person's, and `key` is of the proposal that was read.
    Raises InvalidTransition.
    """
    proposal = _locked_proposal(request, key)
    if not may_confirm(proposal, by):
        raise NeedsSecondPerson("Somebody else confirms it.")
    detail = {"alone": True} if proposal.by_id == by.pk else {}
    keys = _erasable(request)
    if {str(key) for key in keys} != set(proposal.request_ids):
        raise OtherRequests("The person's requests changed since it was asked for.")
    for row in to_erase(request):
        row.purge()
    _end(proposal)
    audit.record_each(by, AuditAction.ERASED, keys, reason=proposal.reason, **detail)
    # Copies on other machines go with the next `reconcile` there, within a minute.
    transaction.on_commit(partial(journal_files.delete_entries, keys))
    return len(keys)


def withdraw(request: CallbackRequest, by: Any, key: UUID | None) -> None:
    """End a proposal, so that nothing is erased. Raises InvalidTransition if it does not wait."""
    proposal = _locked_proposal(request, key)
    _end(proposal)
    audit.record(by, AuditAction.ERASURE_WITHDRAWN, proposal.request_id)


def _locked_proposal(request: CallbackRequest, key: UUID | None) -> ProposedErasure:
    # The requests are locked, and every change of a proposal locks them first.
    found = proposal_for(request)
    if found is None or found.pk != key:
        raise InvalidTransition("What was read does not wait any more.")
    return found


def _end(proposal: ProposedErasure) -> None:
    proposal.ended_at = timezone.now()
    proposal.save(update_fields=["ended_at"])


def _erasable(request: CallbackRequest) -> list[Any]:
    """Return the keys of what can be erased now. Raises InvalidTransition."""
    if CallbackRequest.objects.of_person(request).on_hold().exists():
        raise OnHold("A legal hold keeps these requests.")
    rows = to_erase(request)
    if not rows:
        raise InvalidTransition("Everything was erased already.")
    if any(row.is_open for row in rows):
        raise StillOpen("Some of these requests are still open.")
    return [row.pk for row in rows]
