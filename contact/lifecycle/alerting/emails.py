"""Mail to the intake team about new requests; it holds nothing that the visitor wrote.

The first new request is mailed at once, those that follow together. Words that may mean danger
wait a minute at most.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from contact.models import CallbackRequest
from contact.records.desk.desk import Desk
from contact.records.enums import Language

from .mail_path import deliver

logger = logging.getLogger(__name__)

# Longer than any timeout of the mail server, so that no second process sends meanwhile.
MAIL_LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
# How long after a mail the next one waits, so that it covers all who asked meanwhile.
BATCH_INTERVAL = timedelta(minutes=10)
DANGER_BATCH = timedelta(minutes=1)
REQUESTS_PER_MAIL = 500
# A mail names the first ones; the queue has all.
REQUESTS_NAMED = 20
MAIL_FIELDS = ("pk", "reference", "created_at", "language", "priority", "notify_tries")


def is_configured() -> bool:
    return bool(settings.INTAKE_EMAIL and settings.MAIL_URL)


def send_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Send a mail about all new open requests, if it is time; return how many it is about.

    Delivery is at least once: a crash between sending and noting it sends the mail again.
    """
    if not is_configured() or stopping() or not _is_time(timezone.now()):
        return 0
    requests = _lease()
    return len(requests) if requests and _send(requests) else 0


def _waiting(now: datetime) -> Any:
    return CallbackRequest.objects.open().filter(notified_at=None, notify_after__lte=now)


def _is_time(now: datetime) -> bool:
    waiting = _waiting(now)
    if not waiting.exists():
        return False
    last = Desk.current().mailed_at
    if last is None or now - last >= BATCH_INTERVAL:
        return True
    in_danger = waiting.filter(priority=CallbackRequest.Priority.DANGER)
    return now - last >= DANGER_BATCH and in_danger.exists()


def _lease() -> list[CallbackRequest]:
    """Reserve what is to be mailed for MAIL_LEASE, so that only one process sends it."""
    now = timezone.now()
    with transaction.atomic():
        rows = _waiting(now).select_for_update(no_key=True).only(*MAIL_FIELDS)
        # Danger is named first, and never cut off.
        found = list(rows.order_by("priority", "notify_after", "pk")[:REQUESTS_PER_MAIL])
        CallbackRequest.objects.filter(pk__in=[row.pk for row in found]).update(
            notify_after=now + MAIL_LEASE, notify_tries=F("notify_tries") + 1
        )
    return sorted(found, key=lambda row: (not row.is_danger, row.created_at, row.pk))


def message_for(requests: Sequence[CallbackRequest]) -> EmailMessage:
    only = requests[0] if len(requests) == 1 else None
    address = only.get_absolute_url() if only else reverse("intake:list")
    danger = sum(row.is_danger for row in requests)
    context = {
        "count": len(requests),
        "danger": danger,
        "languages": languages_of(requests),
        "lines": [_line(row) for row in requests[:REQUESTS_NAMED]],
        "left_out": len(requests[REQUESTS_NAMED:]),
        "minutes": BATCH_INTERVAL // timedelta(minutes=1),
        "link": f"{settings.SITE_URL}{address}",
    }
    return EmailMessage(
        subject=_subject(len(requests), danger, str(context["languages"])),
        body=render_to_string("contact/new_request.txt", context),
        to=[settings.INTAKE_EMAIL],
        # A repeated mail has the same id, so that the mail server can drop the copy.
        headers={"Message-ID": f"<{_key(requests)}@{urlsplit(settings.SITE_URL).hostname}>"},
    )


def _line(row: CallbackRequest) -> str:
    """`26JM-J4XN · Nov. 29, 2026, 3:04 p.m. MST · English`, and whether it may mean danger."""
    asked_at = timezone.localtime(row.created_at)
    when = f"{date_format(asked_at, 'DATETIME_FORMAT')} {asked_at:%Z}"
    parts = [str(row), when, row.get_language_display()]
    return " · ".join([*parts, row.get_priority_display()] if row.is_danger else parts)


def _subject(count: int, danger: int, languages: str) -> str:
    new = ngettext("%d new callback request", "%d new callback requests", count) % count
    parts = [f"{new}: {languages}"]
    if danger:
        words = ngettext("DANGER: %d may be in danger", "DANGER: %d may be in danger", danger)
        parts.insert(0, words % danger)
    return " · ".join(parts)


def languages_of(requests: Sequence[CallbackRequest]) -> str:
    """Return how many in which language: `2 English, 1 Spanish (español)`."""
    counted = Counter(row.language for row in requests)
    return ", ".join(
        gettext("%(number)d %(language)s")
        % {"number": counted[language], "language": language.label}
        for language in Language
        if counted[language]
    )


def _key(requests: Sequence[CallbackRequest]) -> uuid.UUID:
    keys = sorted(str(row.pk) for row in requests)
    return requests[0].pk if len(keys) == 1 else uuid.uuid5(uuid.NAMESPACE_OID, " ".join(keys))


def _send(requests: Sequence[CallbackRequest]) -> bool:
    rows = CallbackRequest.objects.filter(pk__in=[row.pk for row in requests])
    if error := deliver(message_for(requests)):
        tries = max(row.notify_tries for row in requests) + 1
        pause = min(timedelta(seconds=30) * 2 ** min(tries, 10), LONGEST_PAUSE)
        rows.update(notify_after=timezone.now() + pause)
        # The text of a mail error may hold addresses.
        logger.error("mail about %d new requests failed (%s)", len(requests), error)
        return False
    now = timezone.now()
    rows.update(notified_at=now)
    Desk.objects.filter(pk=1).update(mailed_at=now)
    logger.info("mail about %d new requests sent", len(requests))
    return True


def check_mail(app_configs: Any, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    missing = [name for name in ("INTAKE_EMAIL", "MAIL_URL") if not getattr(settings, name)]
    if not missing:
        return []
    return [
        checks.Warning(
            f"Nobody is mailed about new callback requests: {' and '.join(missing)} not set.",
            hint="Set INTAKE_EMAIL=intake@example.org and MAIL_URL=smtp+tls://user:password@host:587",
            id="contact.W001",
        )
    ]
