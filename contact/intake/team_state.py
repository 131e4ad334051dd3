"""What every page of the workspace shows its reader about themselves and the team."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from contact.lifecycle.team import notices, presence
from contact.lifecycle.team.notices import Told
from contact.models import Colleague

# Pages that a browser asks for on its own do not say that somebody looks.
UNATTENDED = re.compile("/intake/(pulse|here)/|.*/renew/$")
SEEN, SEEN_SECONDS = "seen_at", 60


class TeamState:
    """Read when a page shows it."""

    def __init__(self, account: Any) -> None:
        self.account = account

    @cached_property
    def me(self) -> Colleague:
        return presence.colleague(self.account)

    @cached_property
    def told(self) -> Told:
        return notices.told(self.account)


def attach(request: HttpRequest) -> None:
    """Note that the reader is there, once a minute, and give the page what it shows of that."""
    _record_seen(request)
    request.team = TeamState(request.user)  # type: ignore[attr-defined]


def _record_seen(request: HttpRequest) -> None:
    if UNATTENDED.match(request.path):
        return
    now, last = timezone.now(), parse_datetime(request.session.get(SEEN, ""))
    if last is None or abs((now - last).total_seconds()) >= SEEN_SECONDS:
        presence.record_seen(request.user)
        request.session[SEEN] = now.isoformat()
