"""Mail to the leads that names nobody: danger that nobody took, late requests, an empty desk."""

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
from django.utils.translation import gettext, ngettext

from contact.models import CallbackRequest
from contact.records.desk.desk import Desk
from contact.records.requests.queryset import DANGER_SINCE, is_due_at
from contact.schedule.opening_hours import Schedule

from .emails import languages_of
from .mail_path import deliver
from .watch import late_now

logger = logging.getLogger(__name__)

LEADS = "Intake leads"
ALERT_INTERVAL = timedelta(hours=1)
DANGER_INTERVAL = timedelta(minutes=15)
# The mail about the new request goes first, and somebody may take the call meanwhile.
DANGER_GRACE = timedelta(minutes=5)
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
    """Mail the leads if danger waits, the queue is unattended while someone waits, or one is late.

    About danger that nobody took, send a mail at any hour and again until somebody does; about the
    rest, at most one an hour, and only while the desk is staffed. Return whether one was sent.
    """
    now = now or timezone.now()
    to = recipients()
    if not to:
        return False
    is_sent = _send_danger(to, now)
    desk, schedule = Desk.current(), Schedule.current()
    if not schedule.is_open(now) or (alert := _find_alert(desk, schedule, now)) is None:
        return is_sent
    is_leased = _lease("alerted_at", ALERT_INTERVAL, now)
    return (is_leased and _send(alert, to, now)) or is_sent


def _send_danger(to: list[str], now: datetime) -> bool:
    waiting = CallbackRequest.objects.danger_nobody_holds(now).alias(since=DANGER_SINCE)
    requests = list(waiting.filter(since__lte=now - DANGER_GRACE).only("pk", "language"))
    if not requests or not _lease("danger_alerted_at", DANGER_INTERVAL, now):
        return False
    context = {
        "count": len(requests),
        "languages": languages_of(requests),
        "minutes": DANGER_INTERVAL // timedelta(minutes=1),
        "link": f"{settings.SITE_URL}{reverse('intake:list')}",
    }
    body = render_to_string("contact/danger_alert.txt", context)
    words = ngettext(
        "DANGER: %d call that nobody has taken",
        "DANGER: %d calls that nobody has taken",
        len(requests),
    )
    message = EmailMessage(subject=words % len(requests), body=body, to=to)
    return _deliver(message, "danger_alerted_at", now)


def recipients() -> list[str]:
    """Return the leads' addresses, else the team's; none if there is no mail server."""
    if not settings.MAIL_URL:
        return []
    leads = get_user_model().objects.filter(is_active=True, groups__name=LEADS).exclude(email="")
    addresses = sorted(set(leads.values_list("email", flat=True)))
    return addresses or ([settings.INTAKE_EMAIL] if settings.INTAKE_EMAIL else [])


def _find_alert(desk: Desk, schedule: Schedule, now: datetime) -> Alert | None:
    is_due = is_due_at(now) & Q(status__in=CallbackRequest.CALLABLE)
    is_late = late_now(now)
    found = (
        CallbackRequest.objects.open()
        .not_held(now)
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


def _lease(field: str, interval: timedelta, now: datetime) -> bool:
    """Reserve the mail for ALERT_LEASE, so that only one process sends it."""
    free = Q(**{field: None}) | Q(**{f"{field}__lte": now - interval})
    leased = Desk.objects.filter(free, pk=1)
    return bool(leased.update(**{field: now - interval + ALERT_LEASE}))


def _send(alert: Alert, to: list[str], now: datetime) -> bool:
    link = f"{settings.SITE_URL}{reverse('intake:list')}"
    context = {**alert._asdict(), "link": link}
    body = render_to_string("contact/desk_alert.txt", context)
    message = EmailMessage(subject=gettext("The callback queue needs someone"), body=body, to=to)
    return _deliver(message, "alerted_at", now)


def _deliver(message: EmailMessage, field: str, now: datetime) -> bool:
    if error := deliver(message):
        # The text of a mail error may hold addresses.
        logger.error("mail about the queue failed (%s)", error)
        return False
    Desk.objects.filter(pk=1).update(**{field: now})
    logger.info("mail about the queue sent")
    return True
