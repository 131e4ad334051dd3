"""Test calls that leads arrange, to learn how callers are treated."""

from __future__ import annotations

from typing import Any

from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction


def mark(request: CallbackRequest, by: Any, *, is_secret_shopper: bool) -> bool:
    """Mark a locked request or take the mark off; return whether that changed anything.

    `version` stays: a page that went stale would tell whoever calls.
    """
    if request.is_secret_shopper == is_secret_shopper:
        return False
    request.is_secret_shopper = is_secret_shopper
    CallbackRequest.objects.filter(pk=request.pk).update(is_secret_shopper=is_secret_shopper)
    action = AuditAction.SET_APART if is_secret_shopper else AuditAction.COUNTED_AGAIN
    audit.record(by, action, request.pk)
    return True
