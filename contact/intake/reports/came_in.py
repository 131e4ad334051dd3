"""The statistics of those who came in within two days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import DateTimeField, Func
from django.utils import timezone

from contact.records.outcomes import RequestOutcome

from .counting import IS_SPAM, secret_shoppers
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


def came_in(received: Any, counted: int, control: DisclosureControl) -> CameIn:
    """About these requests, of which reports count so many.

    A request counts as in time when staff closed it as “Came in” within the 48 hours.
    """
    long_enough_ago = timezone.now() - timedelta(hours=HOURS)
    recent = received.filter(created_at__gt=long_enough_ago, is_secret_shopper=False)
    total = counted - recent.exclude(IS_SPAM).count()
    in_time = received.filter(
        outcome=RequestOutcome.CAME_IN,
        created_at__lte=long_enough_ago,
        closed_at__lte=TwoDaysLater("created_at"),
    )
    # Not `is_secret_shopper`: the index of outcomes would not do, and rows would be read.
    soon = in_time.exclude(IS_SPAM).exclude(pk__in=secret_shoppers()).count()
    is_told = not any(map(control.is_small, (total, soon, total - soon)))
    return CameIn(control.shown(total), soon if is_told else None)
