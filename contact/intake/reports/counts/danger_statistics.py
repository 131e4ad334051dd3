"""The statistics of requests with words that may mean danger."""

from __future__ import annotations

from typing import NamedTuple

from contact.intake.reports.disclosure_control import DisclosureControl

from .sums import Sums


class DangerStatistics(NamedTuple):
    """How many, how many first called within 15 minutes of opening time, how many reached.

    None: hidden.
    """

    total: int | None
    soon: int | None
    reached: int | None


def danger_statistics(sums: Sums, control: DisclosureControl) -> DangerStatistics:
    total, is_small = sums.requests["danger"], control.is_small
    if is_small(total) or is_small(sums.outcomes.total() - total):
        return DangerStatistics(None, None, None)
    parts = (sums.requests["danger_soon"], sums.requests["danger_reached"])
    soon, reached = (None if is_small(part) or is_small(total - part) else part for part in parts)
    return DangerStatistics(control.shown(total), soon, reached)
