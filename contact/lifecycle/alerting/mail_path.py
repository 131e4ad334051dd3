"""The way by which mail leaves: tried with every mail, and noted on the desk when it fails."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from contact.records.desk.desk import Desk


class MailFailure(NamedTuple):
    """Since when no mail went out, and the kind of the last error, whose text may hold secrets."""

    since: datetime
    kind: str


def deliver(message: EmailMessage) -> str:
    """Send a mail, and note whether that works; return the kind of the error, or nothing."""
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever the mail server does, others go on
        kind = type(error).__name__[:100]
        since = Coalesce("mail_failed_at", Value(timezone.now()))
        Desk.objects.filter(pk=Desk.current().pk).update(mail_failed_at=since, mail_error=kind)
        return kind
    Desk.objects.exclude(mail_failed_at=None).update(mail_failed_at=None, mail_error="")
    return ""


def mail_failure() -> MailFailure | None:
    """Return since when mail fails; None while it works."""
    failing = Desk.objects.filter(mail_failed_at__isnull=False)
    desk = failing.only("mail_failed_at", "mail_error").first()
    if desk is None or desk.mail_failed_at is None:
        return None
    return MailFailure(desk.mail_failed_at, desk.mail_error)
