"""Whether the desk keeps up: if not, the leads get a mail that says so and nothing about anyone."""

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
from django.utils.translation import gettext as _

from contact.models import CallbackRequest
from contact.records.desk import Desk
from contact.schedule.opening_hours import Schedule

logger = logging.getLogger(__name__)

LEADS = "Intake leads"
WORK = "contact.change_callbackrequest"
NO_MORE_THAN_EVERY = timedelta(hours=1)
# Longer than a mail server can keep us waiting; then a mail that failed is tried again.
LEASE = timedelta(minutes=5)
LOOK = timedelta(minutes=1)


class Alarm(NamedTuple):
    """What the mail says: how many wait, how many are late, minutes of opening time alone."""

    due: int
    late: int
    unattended_minutes: int | None


def looked(account: Any, last: datetime | None) -> None:
    """Somebody who may call is at the queue; noted once a minute. `last`: the look before."""
    now = timezone.now()
    # On SQLite, even to change nothing is to wait for whoever writes.
    if account.has_perm(WORK) and (last is None or last <= now - LOOK):
        Desk.objects.filter(pk=1).update(looked_at=now)


def watch(now: datetime | None = None) -> bool:
    """Mail the leads if nobody looks while someone waits, or if someone is late; not more than
    once an hour, and only while the desk is staffed. Whether a mail went out."""
    now = now or timezone.now()
    to = recipients()
    if not to:
        return False
    desk, schedule = Desk.current(), Schedule.current()
    if not schedule.is_open(now) or (alarm := _alarm(desk, schedule, now)) is None:
        return False
    return _lease(now) and _send(alarm, to, now)


def recipients() -> list[str]:
    """The leads who have an address, else the team's; none without a mail server."""
    if not settings.MAIL_URL:
        return []
    leads = get_user_model().objects.filter(is_active=True, groups__name=LEADS).exclude(email="")
    addresses = sorted(set(leads.values_list("email", flat=True)))
    return addresses or ([settings.INTAKE_EMAIL] if settings.INTAKE_EMAIL else [])


def _alarm(desk: Desk, schedule: Schedule, now: datetime) -> Alarm | None:
    is_due = CallbackRequest.is_due_at(now) & Q(status__in=CallbackRequest.CALLABLE)
    # Late, and there is something to do about it: at other hours nobody may call them.
    is_late = Q(call_by__lt=now) & (is_due | Q(status=CallbackRequest.Status.LEAD))
    nobody_is_at_it = Q(claimed_until=None) | Q(claimed_until__lte=now)
    found = (
        CallbackRequest.objects.open()
        .filter(nobody_is_at_it)
        .aggregate(
            due=Count("pk", filter=is_due),
            late=Count("pk", filter=is_late),
            since=Min("due_at", filter=is_due),
        )
    )
    alone = None
    if found["since"]:
        since = max(found["since"], desk.looked_at or found["since"])
        minutes = schedule.minutes_between(since, now)
        alone = minutes if minutes >= desk.unattended_minutes else None
    if alone is None and not found["late"]:
        return None
    return Alarm(found["due"], found["late"], alone)


def _lease(now: datetime) -> bool:
    """Claim the mail for LEASE; of two processes only one gets it."""
    free = Q(alerted_at=None) | Q(alerted_at__lte=now - NO_MORE_THAN_EVERY)
    leased = Desk.objects.filter(free, pk=1)
    return bool(leased.update(alerted_at=now - NO_MORE_THAN_EVERY + LEASE))


def _send(alarm: Alarm, to: list[str], now: datetime) -> bool:
    link = f"{settings.SITE_URL}{reverse('intake:list')}"
    context = {**alarm._asdict(), "link": link}
    body = render_to_string("contact/desk_alarm.txt", context)
    try:
        EmailMessage(subject=_("The callback queue needs someone"), body=body, to=to).send()
    except Exception as error:  # noqa: BLE001 - whatever the mail server did, try again later
        # The text of a mail error may hold addresses.
        logger.error("mail about the queue failed (%s)", type(error).__name__)
        return False
    Desk.objects.filter(pk=1).update(alerted_at=now)
    logger.info("mail about the queue sent")
    return True
