"""Handing a shift over, and taking it over: each once, and on record."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from contact.intake.decryption import decrypted
from contact.intake.permissions import WORK_REQUESTS
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.keys import Purpose, keyed_hash
from contact.records.team.handovers import Handover

from .lists import HandoverList, handover_sections


@transaction.atomic
def hand_over_shift(account: Any, key: uuid.UUID, note: str) -> Handover:
    """Record the lists as they are now; the same `key` and note give the same handover."""
    listed = [
        (section.name, request)
        for section in handover_sections(timezone.now())
        for request in section.requests
    ]
    items = [[str(request.pk), str(name)] for name, request in listed]
    values = {"by": account, "note": note, "items": items}
    handover, is_new = Handover.objects.get_or_create(pk=key, defaults=values)
    if is_new:
        names = [name for name, _request in listed]
        counts: dict[str, Any] = {str(name): names.count(name) for name in HandoverList}
        audit.record(account, AuditAction.SHIFT_HANDED_OVER, handover=str(key), **counts)
    elif decrypted(handover, "note") != note:
        # The sender added words and sent again before the first answer came: keep both notes.
        own = keyed_hash(Purpose.HANDOVERS, "handover", f"{key} {note}")[:16]
        return hand_over_shift(account, uuid.UUID(bytes=own, version=4), note)
    return handover


@transaction.atomic
def acknowledge(handover: Handover, account: Any) -> bool:
    """Take a shift over; False for one's own handover, or if a colleague was first."""
    waiting = unacknowledged().filter(pk=handover.pk).exclude(by=account)
    if not waiting.update(acknowledged_by=account, acknowledged_at=timezone.now()):
        return False
    audit.record(account, AuditAction.SHIFT_TAKEN_OVER, handover=str(handover.pk))
    return True


def unacknowledged() -> models.QuerySet[Handover]:
    """Handovers that nobody took over yet, newest first."""
    waiting = Handover.objects.filter(acknowledged_at=None).defer("note")
    return waiting.select_related("by").order_by("-at", "-pk")


def handover_for(account: Any) -> Handover | None:
    """The newest handover that this account may acknowledge; one query."""
    if not account.has_perm(WORK_REQUESTS):
        return None
    return unacknowledged().exclude(by=account).first()
