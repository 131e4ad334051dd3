"""Danger in what was written about a request, whoever wrote it and wherever."""

from __future__ import annotations

from typing import Any

from django.views.decorators.debug import sensitive_variables

from contact.danger.rules import Verdict, decide
from contact.models import CallbackRequest, DangerPhrase
from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.records.enums import Priority


@sensitive_variables()
def verdict_on(*texts: str) -> Verdict:
    """Decide from any texts, by the rows that staff edit."""
    return decide(DangerPhrase.objects.rows(), *texts)


@sensitive_variables()
def verdict_on_request(request: CallbackRequest) -> Verdict:
    """Decide from all that the visitor wrote."""
    words = (request.name, request.relationship, request.needs, request.message)
    return verdict_on(*map(str, words))


@sensitive_variables()
def raise_priority(request: CallbackRequest, by: Any, *texts: str) -> bool:
    """Put a request first if these texts mean danger; return whether it was raised.

    Nothing here lowers a priority. The request was locked in the same transaction.
    """
    if request.priority == Priority.DANGER or request.is_purged:
        return False
    if not verdict_on(*texts).is_danger:
        return False
    request.priority = Priority.DANGER
    if request.call_by:
        request.turn_at = request.call_by - Priority.DANGER.facts.head_start
    request.version += 1
    request.save(update_fields=["priority", "turn_at", "version"])
    audit.record(by, AuditAction.PUT_FIRST, request.pk)
    return True
