"""The times of day that a form offers, and what it says of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from contact.schedule.calling_hours import BestTime
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import is_open_at_night

from . import desk_snapshot


def desk_schedule(now: datetime | None = None) -> Schedule | None:
    """Return the desk's hours without its database; None if they are not known for sure."""
    snapshot = desk_snapshot.read_snapshot()
    if snapshot and snapshot.is_fresh(now or timezone.now()) and snapshot.schedule.is_known:
        return snapshot.schedule
    return None


def offer_times(field: Any, schedule: Schedule | None, chosen: str = "") -> None:
    """Offer calls at night only where the desk is open then, or to whoever chose them."""
    is_offered = chosen == BestTime.NOW or (schedule is not None and is_open_at_night(schedule))
    if not is_offered:
        field.widget.choices = [each for each in field.choices if each[0] != BestTime.NOW]
