"""How long requests are kept: the purge of closed ones, the review of open ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import transaction
from django.utils import timezone

from contact.lifecycle import clock
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.models import CallbackRequest, Disclosure, Handover, OpenReview
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.encryption import EncryptedTextField
from contact.records.desk.retention_rules import MINIMUM_DAYS

logger = logging.getLogger(__name__)


def purge_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Purge every request closed for longer than its kind is kept; return how many.

    Nothing is purged while the clock cannot be trusted.
    """
    if not clock.is_clock_trusted():
        logger.warning("nothing is emptied: the clock jumped, manage.py confirm_clock")
        return 0
    count = 0
    # In no order: to sort them, SQLite would walk through all that is not emptied.
    for pk in CallbackRequest.objects.to_purge().values_list("pk", flat=True):
        if stopping():
            break
        with transaction.atomic():
            due = CallbackRequest.objects.to_purge().filter(pk=pk)
            request = due.select_for_update(no_key=True).first()
            if request is None:
                continue
            request.purge()
            audit.record(None, AuditAction.PURGED, request.pk)
            count += 1
    if count:
        logger.info("emptied %d callback requests", count)
    _empty_handovers()
    empty = EncryptedTextField.EMPTY
    Disclosure.objects.outdated().update(recipient=empty, what=empty, purpose=empty)
    return count


def keep_open(request: CallbackRequest, by: Any, until: date, reason: str) -> None:
    """Keep a locked request open until that day. Raises InvalidTransition if it is closed."""
    if not request.is_open:
        raise InvalidTransition("The request is closed.")
    OpenReview.objects.create(request=request, by=by, until=until, reason=reason)
    request.kept_until = until
    request.save(update_fields=["kept_until"])
    audit.record(by, AuditAction.KEPT_OPEN, request.pk, until=until.isoformat())


def _empty_handovers() -> None:
    """Delete old notes between shifts, which may name people."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    old = Handover.objects.filter(at__lt=limit).exclude(note=EncryptedTextField.EMPTY)
    old.update(note=EncryptedTextField.EMPTY)


def check_days(app_configs: Any, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    if settings.RETENTION_DAYS >= MINIMUM_DAYS:
        return []
    return [
        checks.Error(
            f"RETENTION_DAYS is {settings.RETENTION_DAYS}; the least is {MINIMUM_DAYS}.",
            hint="Set it to the number of days that closed requests must be kept.",
            id="contact.E004",
        )
    ]
