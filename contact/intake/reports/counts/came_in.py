"""The statistics of those who came in within two days."""

from __future__ import annotations

from typing import NamedTuple

from contact.intake.reports.disclosure_control import DisclosureControl

from .counting import Recent
from .sums import Sums


class CameIn(NamedTuple):
    """How many came in within 48 hours, of those who asked longer ago; None: hidden."""

    total: int | None
    soon: int | None


def came_in(sums: Sums, recent: Recent, control: DisclosureControl) -> CameIn:
    """`recent` are those of them who asked less than 48 hours ago.

    A request counts as in time when staff closed it as “Came in” within the 48 hours.
    """
    total = sums.outcomes.total() - recent.total
    soon = sums.requests["came_in_soon"] - recent.came_in
    is_told = not any(map(control.is_small, (total, soon, total - soon)))
    return CameIn(control.shown(total), soon if is_told else None)
