"""Bringing back stops and cancellations that the database lost, as after an old copy came back."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from contact.lifecycle import clock
from contact.lifecycle.changes import stops, transitions
from contact.lifecycle.journal.endings import ENDING_KEPT, STOP, Ending, paths, renew_ending
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.outcomes import RequestOutcome

logger = logging.getLogger(__name__)


def apply_endings() -> int:
    """Carry out again what the trail does not know; return how many. Old ones are deleted."""
    count, oldest = 0, timezone.now() - ENDING_KEPT
    may_delete = clock.is_clock_trusted()
    for batch in itertools.batched(paths(), 500):
        endings = {path: ending for path in batch if (ending := _read(path))}
        keys = {ending.request for ending in endings.values()}
        entries = AuditEntry.objects.filter(
            request_id__in=keys, action__in=[AuditAction.STOPPED, AuditAction.CLOSED]
        )
        known = set(entries.values_list("request_id", "at"))
        for path, ending in endings.items():
            if (ending.request, ending.at) not in known:
                count += _carry_out(ending, path)
            elif may_delete and ending.at < oldest:
                path.unlink(missing_ok=True)
            else:
                renew_ending(ending, path)
    return count


def _carry_out(ending: Ending, path: Path) -> bool:
    """Do it again, under its own new entry; whether that was possible."""
    with transaction.atomic():
        try:
            request = claims.lock(ending.request)
        except CallbackRequest.DoesNotExist:
            # It may still wait in the journal.
            return False
        by = _author(ending)
        if ending.kind == STOP:
            stops.stop_calls(request, by, transitions.Scope(ending.scope))
        elif request.is_open:
            transitions.close(request, by, RequestOutcome.CANCELLED)
    # Written down anew by what was done.
    path.unlink(missing_ok=True)
    logger.warning("the %s of request %s was brought back", ending.kind, ending.request)
    return True


def _author(ending: Ending) -> User | str | None:
    if ending.by in (None, audit.VISITOR):
        return audit.VISITOR if ending.by else None
    return User.objects.filter(pk=ending.by).first()


def _read(path: Path) -> Ending | None:
    try:
        return Ending.read(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        logger.error("an ending cannot be read (%s): %s", type(error).__name__, path.name)
        return None
