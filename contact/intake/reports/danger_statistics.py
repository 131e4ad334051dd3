"""The statistics of requests with words that may mean danger."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Count, Q

from contact.models import DANGER_SINCE
from contact.records.enums import Priority

from .disclosure_control import DisclosureControl

SOON_MINUTES = 15


class DangerStatistics(NamedTuple):
    """How many, how many first called within 15 minutes of opening time, how many reached.

    None: hidden.
    """

    total: int | None
    soon: int | None
    reached: int | None


def danger_statistics(
    received: Any, everything: int, control: DisclosureControl
) -> DangerStatistics:
    """About those of `received` with danger; `everything` is the number of all that count."""
    found = received.filter(priority=Priority.DANGER).aggregate(
        total=Count("pk"),
        soon=Count("pk", filter=Q(first_attempt_minutes__lte=SOON_MINUTES)),
        reached=Count("pk", filter=Q(reached_at__gte=DANGER_SINCE)),
    )
    total, is_small = found["total"], control.is_small
    if is_small(total) or is_small(everything - total):
        return DangerStatistics(None, None, None)
    parts = (found["soon"], found["reached"])
    soon, reached = (None if is_small(part) or is_small(total - part) else part for part in parts)
    return DangerStatistics(control.shown(total), soon, reached)
