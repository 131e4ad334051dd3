"""Legal holds on a person's requests, set and lifted by privacy officers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from contact.lifecycle.changes.transitions import InvalidTransition
from contact.models import CallbackRequest, LegalHold
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction


def set_hold(request: CallbackRequest, by: Any, reason: str) -> LegalHold:
    """Keep all requests of this person, and those linked later, from purge and erasure.

    `request` was locked with all of its person's. Raises InvalidTransition if a hold stands.
    """
    person = CallbackRequest.objects.of_person(request)
    if request.is_purged or person.filter(legal_hold__isnull=False).exists():
        raise InvalidTransition("There is nothing to hold, or a hold stands already.")
    hold = LegalHold.objects.create(at=timezone.now(), by=by, reason=reason)
    keys = list(person.order_by("created_at", "pk").values_list("pk", flat=True))
    CallbackRequest.objects.filter(pk__in=keys).update(legal_hold=hold)
    audit.record_each(by, AuditAction.HELD, keys, entry=str(hold.pk))
    return hold


def lift(hold: LegalHold, by: Any, reason: str) -> None:
    """End a hold. Raises InvalidTransition if it was lifted already."""
    locked = LegalHold.objects.select_for_update(no_key=True, of=("self",)).get(pk=hold.pk)
    if locked.lifted_at:
        raise InvalidTransition("The hold was lifted already.")
    keys = list(locked.requests.order_by("created_at", "pk").values_list("pk", flat=True))
    CallbackRequest.objects.filter(pk__in=keys).update(legal_hold=None)
    locked.lifted_at, locked.lifted_by, locked.lift_reason = timezone.now(), by, reason
    locked.save()
    audit.record_each(by, AuditAction.HOLD_LIFTED, keys, entry=str(locked.pk))
