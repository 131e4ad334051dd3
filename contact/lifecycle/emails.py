"""Mail to the intake team about new requests; it holds nothing that the visitor wrote."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from contact.models import CallbackRequest

logger = logging.getLogger(__name__)

# Longer than any timeout of the mail server, so that no second process sends meanwhile.
MAIL_LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
MAILS_PER_ROUND = 50


def is_configured() -> bool:
    return bool(settings.INTAKE_EMAIL and settings.MAIL_URL)


def send_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Send a mail about each new open request; return how many were sent.

    Delivery is at least once: a crash between sending and noting it sends the mail again.
    """
    if not is_configured():
        return 0
    due = CallbackRequest.objects.open().filter(notified_at=None, notify_after__lte=timezone.now())
    sent = 0
    for request in due.only("pk", "reference", "created_at").order_by("notify_after")[
        :MAILS_PER_ROUND
    ]:
        if stopping():
            break
        if _lease(request):
            sent += _send(request)
    return sent


def message_for(request: CallbackRequest) -> EmailMessage:
    link = f"{settings.SITE_URL}{request.get_absolute_url()}"
    context = {"reference": str(request), "created_at": request.created_at, "link": link}
    return EmailMessage(
        subject=gettext("New callback request %(reference)s") % context,
        body=render_to_string("contact/new_request.txt", context),
        to=[settings.INTAKE_EMAIL],
        # A repeated mail has the same id, so that the mail server can drop the copy.
        headers={"Message-ID": f"<{request.pk}@{urlsplit(settings.SITE_URL).hostname}>"},
    )


def _lease(request: CallbackRequest) -> bool:
    """Reserve the mail for MAIL_LEASE, so that only one process sends it."""
    now = timezone.now()
    waiting = CallbackRequest.objects.open().filter(notified_at=None, notify_after__lte=now)
    return bool(
        waiting.filter(pk=request.pk).update(
            notify_after=now + MAIL_LEASE, notify_tries=F("notify_tries") + 1
        )
    )


def _send(request: CallbackRequest) -> bool:
    row = CallbackRequest.objects.filter(pk=request.pk)
    try:
        message_for(request).send()
    except Exception as error:  # noqa: BLE001 - any failure of the mail server is tried again
        tries = row.values_list("notify_tries", flat=True).get()
        pause = min(timedelta(seconds=30) * 2 ** min(tries, 10), LONGEST_PAUSE)
        row.update(notify_after=timezone.now() + pause)
        # The text of a mail error may hold addresses.
        logger.error("mail about %s failed (%s)", request, type(error).__name__)
        return False
    row.update(notified_at=timezone.now())
    logger.info("mail about %s sent", request)
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
