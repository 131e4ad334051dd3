"""Requests that staff link as the same person's."""

from __future__ import annotations

import uuid
from typing import Any

from contact.models import CallbackRequest
from contact.privacy import audit
from contact.privacy.audit import AuditAction

from .transitions import InvalidTransition, save


def link(request: CallbackRequest, by: Any, other: CallbackRequest) -> None:
    """Link both requests, and all linked with either, as one person's.

    From then on they are called, planned and stopped together. `other` was locked with
    `request`. Raises InvalidTransition.
    """
    if request.pk == other.pk:
        raise InvalidTransition("A request is not linked to itself.")
    request.refresh_from_db(fields=["person"])
    other.refresh_from_db(fields=["person"])
    if request.person == other.person:
        return
    held = CallbackRequest.objects.open().held()
    calling = held.on_lines_of(request) | held.on_lines_of(other)
    if len(set(calling.values_list("claimed_by", flat=True))) > 1:
        raise InvalidTransition("Two colleagues are calling them now.")
    CallbackRequest.objects.of_person(request).update(person=other.person)
    request.person = other.person
    save(request)
    audit.record(by, AuditAction.LINKED, request.pk, other=str(other.pk))


def unlink(request: CallbackRequest, by: Any) -> None:
    """Take a request out of those that were linked as one person's."""
    request.person = uuid.uuid4()
    save(request)
    audit.record(by, AuditAction.UNLINKED, request.pk)
