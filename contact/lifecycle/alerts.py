"""Mail to the leads when requests are late or the queue is unattended; it names nobody."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import Count, Min, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from contact.models import CallbackRequest
from contact.records.desk import Desk
from contact.schedule.opening_hours import Schedule

logger = logging.getLogger(__name__)

LEADS = "Intake leads"
ALERT_INTERVAL = timedelta(hours=1)
# Longer than any timeout of the mail server; a failed mail is tried again after it.
ALERT_LEASE = timedelta(minutes=5)
VIEW_INTERVAL = timedelta(minutes=1)


class Alert(NamedTuple):
    """The figures in the mail; minutes without anyone at the queue count opening time."""

    due: int
    late: int
    unattended_minutes: int | None


def record_view(account: Any, last: datetime | None) -> None:
    """Note, once a minute, that someone who may call views the queue; `last` is the view before."""
    now = timezone.now()
    # On SQLite, even an UPDATE of no rows waits for the write lock.
    if account.has_perm("contact.change_callbackrequest") and (
        last is None or last <= now - VIEW_INTERVAL
    ):
        Desk.objects.filter(pk=1).update(looked_at=now)


def send_if_needed(now: datetime | None = None) -> bool:
    """Mail the leads if the queue is unattended while someone waits, or if a request is late.

    Send at most one mail an hour, and only while the desk is staffed; return whether one was sent.
    """
    now = now or timezone.now()
    to = recipients()
    if not to:
        return False
    desk, schedule = Desk.current(), Schedule.current()
    if not schedule.is_open(now) or (alert := _find_alert(desk, schedule, now)) is None:
        return False
    return _lease(now) and _send(alert, to, now)


def recipients() -> list[str]:
    """Return the leads' addresses, else the team's; none if there is no mail server."""
    if not settings.MAIL_URL:
        return []
    leads = get_user_model().objects.filter(is_active=True, groups__name=LEADS).exclude(email="")
    addresses = sorted(set(leads.values_list("email", flat=True)))
    return addresses or ([settings.INTAKE_EMAIL] if settings.INTAKE_EMAIL else [])


def _find_alert(desk: Desk, schedule: Schedule, now: datetime) -> Alert | None:
    is_due = CallbackRequest.is_due_at(now) & Q(status__in=CallbackRequest.CALLABLE)
    # Count late requests only while someone may call them or a lead has to decide.
    is_late = Q(call_by__lt=now) & (is_due | Q(status=CallbackRequest.Status.LEAD))
    is_unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
    found = (
        CallbackRequest.objects.open()
        .filter(is_unclaimed)
        .aggregate(
            due=Count("pk", filter=is_due),
            late=Count("pk", filter=is_late),
            since=Min("due_at", filter=is_due),
        )
    )
    unattended = None
    if found["since"]:
        since = max(found["since"], desk.looked_at or found["since"])
        minutes = schedule.minutes_between(since, now)
        unattended = minutes if minutes >= desk.unattended_minutes else None
    if unattended is None and not found["late"]:
        return None
    return Alert(found["due"], found["late"], unattended)


def _lease(now: datetime) -> bool:
    """Reserve the mail for ALERT_LEASE, so that only one process sends it."""
    free = Q(alerted_at=None) | Q(alerted_at__lte=now - ALERT_INTERVAL)
    leased = Desk.objects.filter(free, pk=1)
    return bool(leased.update(alerted_at=now - ALERT_INTERVAL + ALERT_LEASE))


def _send(alert: Alert, to: list[str], now: datetime) -> bool:
    link = f"{settings.SITE_URL}{reverse('intake:list')}"
    context = {**alert._asdict(), "link": link}
    body = render_to_string("contact/desk_alert.txt", context)
    try:
        EmailMessage(subject=gettext("The callback queue needs someone"), body=body, to=to).send()
    except Exception as error:  # noqa: BLE001 - any failure of the mail server is tried again
        # The text of a mail error may hold addresses.
        logger.error("mail about the queue failed (%s)", type(error).__name__)
        return False
    Desk.objects.filter(pk=1).update(alerted_at=now)
    logger.info("mail about the queue sent")
    return True
