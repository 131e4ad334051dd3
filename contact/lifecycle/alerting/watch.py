"""What is wrong at the desk, for its own page and for whatever watches the site."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from contact.lifecycle import clock
from contact.models import CallbackRequest
from contact.records.requests.queryset import is_due_at
from contact.schedule.calling_hours import day_and_time
from contact.schedule.opening_hours import Schedule

from .mail_path import MailFailure, mail_failure

# A long mail or purge takes some.
LONGEST_ROUND_SECONDS = 30


def jobs_are_alive() -> bool:
    """Return whether run_jobs went round lately on this machine."""
    try:
        beat = (Path(settings.DATA_DIR) / "run_jobs.alive").stat().st_mtime
    except OSError:
        return False
    return time.time() - beat < LONGEST_ROUND_SECONDS


def late_now(now: datetime) -> Q:
    """Match who is late while somebody may call them or a lead has to decide."""
    is_due = is_due_at(now) & Q(status__in=CallbackRequest.CALLABLE)
    return Q(call_by__lt=now) & (is_due | Q(status=CallbackRequest.Status.LEAD))


def danger_words(count: int, shown: str = "") -> str:
    """`shown`: the number as it is written where it was not counted to its end."""
    words = ngettext(
        "Somebody may be in danger, and nobody has taken the call: %s request.",
        "Somebody may be in danger, and nobody has taken the call: %s requests.",
        count,
    )
    return words % (shown or count)


def mail_words(failure: MailFailure, now: datetime) -> str:
    words = {"since": day_and_time(failure.since, now=now), "kind": failure.kind}
    return (
        gettext(
            "Mail has failed since %(since)s (%(kind)s): nobody is told of new requests, they are "
            "only on this site."
        )
        % words
    )


def jobs_words() -> str:
    return gettext("The background jobs do not run: new requests do not come in, no mail goes out.")


def present_faults(now: datetime | None = None) -> list[str]:
    """Return what is wrong, a sentence each. Lateness counts in opening hours, danger always."""
    now, found = now or timezone.now(), []
    if count := CallbackRequest.objects.danger_nobody_holds(now).count():
        found.append(danger_words(count))
    if Schedule.current().is_open(now):
        waiting = CallbackRequest.objects.open().not_held(now)
        if late := waiting.filter(late_now(now)).count():
            words = ngettext("%d request is late.", "%d requests are late.", late)
            found.append(words % late)
    if failure := mail_failure():
        found.append(mail_words(failure, now))
    if not jobs_are_alive():
        found.append(jobs_words())
    if jumped := clock.clock_problem(now):
        found.append(jumped)
    return found
