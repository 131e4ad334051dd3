"""Writing down what was disclosed about a person."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from contact.models import CallbackRequest, Disclosure
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction


@transaction.atomic
def add_disclosure(request: CallbackRequest, by: Any, disclosure: Disclosure) -> None:
    """Save a disclosure about this request and record that. Raises RequestPurged."""
    disclosure.request, disclosure.by = request, by
    disclosure.save()
    detail = {"basis": disclosure.basis, "entry": str(disclosure.pk)}
    audit.record(by, AuditAction.DISCLOSED, request.pk, **detail)
