"""The statistics of those who came in within two days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DateTimeField, Func, Q
from django.utils import timezone

from contact.records.outcomes import RequestOutcome

from .disclosure_control import DisclosureControl

HOURS = 48


class TwoDaysLater(Func):
    """48 hours after a moment; Django's own sum calls Python for each row on SQLite."""

    template = f"(%(expressions)s + interval '{HOURS} hours')"
    output_field = DateTimeField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"datetime(%(expressions)s, '+{HOURS} hours')", **extra
        )


class CameIn(NamedTuple):
    """Of those who asked at least 48 hours ago, how many came in within 48 hours; None: hidden."""

    total: int | None
    soon: int | None


def came_in(received: Any, control: DisclosureControl) -> CameIn:
    """About these requests; a request counts when staff closed it as “Came in” in time."""
    long_enough_ago = timezone.now() - timedelta(hours=HOURS)
    in_time = Q(outcome=RequestOutcome.CAME_IN, closed_at__lte=TwoDaysLater("created_at"))
    found = received.filter(created_at__lte=long_enough_ago).aggregate(
        total=Count("pk"), soon=Count("pk", filter=in_time)
    )
    total, soon = found["total"], found["soon"]
    is_told = not any(map(control.is_small, (total, soon, total - soon)))
    return CameIn(control.shown(total), soon if is_told else None)
