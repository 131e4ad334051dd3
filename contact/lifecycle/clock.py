"""Whether the machine's clock can be trusted before something is deleted or ended by it.

`run_jobs` looks every ten seconds. A clock that goes on is noted on the desk. One that jumped by
more than a day, against what was noted or against the time that this process ran, is said
everywhere, and nothing is deleted for a day. What staff hold, and who waits after wrong passwords,
moves along with a jump that happened while this process ran. Then the clock counts: the machine may
have been switched off for a week. Who knows that it is right confirms it before
(`manage.py confirm_clock`).
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from contact.models import CallbackRequest
from contact.privacy import brakes
from contact.privacy.audit_trail.audit import AuditEntry
from contact.records.desk.desk import Desk
from contact.schedule.calling_hours import day_and_time

JUMP = timedelta(days=1)
# Time for people to notice a wrong clock before anything is deleted by it.
WAIT = timedelta(days=1)


class ClockWatch:
    """Compares the clock with the time that this process ran."""

    def __init__(self) -> None:
        self.looked: tuple[datetime, float] | None = None

    def look(self) -> None:
        now, ran = timezone.now(), time.monotonic()
        desk = Desk.current()
        known = _known(desk)
        # After a jump that waits, the clock goes on from there.
        has_jumped = self._has_jumped(now, ran, desk.clock_jumped_at or known)
        if has_jumped and self.looked:
            before, ran_before = self.looked
            _move_along(before, now - before - timedelta(seconds=ran - ran_before))
        self.looked = now, ran
        jumped_from, jumped_at = desk.clock_jumped_from, desk.clock_jumped_at
        if has_jumped:
            jumped_from, jumped_at = jumped_from or known, now
        if (
            jumped_from
            and jumped_at
            and (abs(now - jumped_from) <= JUMP or now - jumped_at >= WAIT)
        ):
            # It was set right, or nobody objected.
            jumped_from = jumped_at = None
        Desk.objects.filter(pk=desk.pk).update(
            clock_jumped_from=jumped_from,
            clock_jumped_at=jumped_at,
            clock_seen_at=desk.clock_seen_at if jumped_from else now,
        )

    def _has_jumped(self, now: datetime, ran: float, known: datetime | None) -> bool:
        if self.looked:
            before, ran_before = self.looked
            return abs(now - before - timedelta(seconds=ran - ran_before)) > JUMP
        return known is not None and abs(now - known) > JUMP


def _move_along(before: datetime, jump: timedelta) -> None:
    """Let holds of calls last as long as they would have, and tries wait as long.

    Else a jump ahead ends all of them at once, and one back makes them last for as long as it is.
    """
    # On a clock that went back, those that ended would be held again.
    held = CallbackRequest.objects.filter(claimed_until__gt=min(before, before + jump))
    held.update(claimed_until=F("claimed_until") + jump)
    brakes.move_along(before, jump)


def is_clock_trusted() -> bool:
    """Whether nothing speaks against deleting by the clock."""
    desk = Desk.current()
    known = _known(desk)
    return desk.clock_jumped_at is None and (known is None or abs(timezone.now() - known) <= JUMP)


def confirm_clock() -> None:
    """Let the clock count as it stands."""
    Desk.objects.filter(pk=Desk.current().pk).update(
        clock_seen_at=timezone.now(), clock_jumped_from=None, clock_jumped_at=None
    )


def clock_problem(now: datetime) -> str:
    """Say that the clock jumped, and what follows; nothing if it did not."""
    jumps = Desk.objects.values_list("clock_jumped_from", "clock_jumped_at")
    return jump_words(*(jumps.first() or (None, None)), now)


def jump_words(before: datetime | None, after: datetime | None, now: datetime) -> str:
    if before is None or after is None:
        return ""
    return gettext(
        "The clock went from %(before)s to %(after)s at once. If it is wrong, set it right. "
        "Nothing is emptied before %(until)s, unless somebody confirms the time: manage.py "
        "confirm_clock."
    ) % {
        "before": f"{timezone.localtime(before):%Y-%m-%d %H:%M}",
        "after": f"{timezone.localtime(after):%Y-%m-%d %H:%M}",
        "until": day_and_time(after + WAIT, now=now),
    }


def _known(desk: Desk) -> datetime | None:
    """The last time that was known to be right; before any was noted, that of the newest entry."""
    if desk.clock_seen_at:
        return desk.clock_seen_at
    newest = AuditEntry.objects.order_by("-number").values_list("at", flat=True)
    return newest.first()
