"""The statistics of first tries: how long people waited for our first call, in opening time."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext

from contact.intake.reports.disclosure_control import DisclosureControl
from contact.intake.reports.durations import duration

from .counting import LabelledNumber
from .sums import CLOSED_UNTRIED, NOT_TRIED_YET, Sums

LIMITS = (5, 15, 60)
EDGES = (*LIMITS, 240, 480)
# The wait of who was never tried.
NEVER = math.inf


class FirstTries(NamedTuple):
    """Of one group of requests, within so many minutes each; None: hidden.

    Who was never tried counts in each number. Without a total the rest is empty. The percentiles
    are NEVER if so many were not tried.
    """

    slug: str
    total: int | None
    within: dict[int, int | None]
    never: int | None
    median: float | None
    ninetieth: float | None
    groups: list[LabelledNumber]


class TriesStatistics(NamedTuple):
    """`total` is the number of all requests, also of those that staff wrote down, unprotected."""

    total: int
    target: int
    while_open: FirstTries
    after_hours: FirstTries
    not_noted: FirstTries
    secret_shoppers: FirstTries

    @property
    def kinds(self) -> tuple[FirstTries, FirstTries, FirstTries]:
        """Those that the form brought, by whether the desk was open."""
        return self.while_open, self.after_hours, self.not_noted


def tries_statistics(sums: Sums, target: int, control: DisclosureControl) -> TriesStatistics:
    kinds = (sums.while_open, sums.after_hours, sums.not_noted, sums.written_by_staff)
    sizes = [waits.total() for waits in kinds]
    # Readers know the sum of all, and may know that of the form.
    hidden = control.hidden(sizes) | control.hidden(sizes[:3])
    shoppers = sums.secret_shoppers
    is_small = control.is_small(shoppers.total())
    parts = (
        ("while-open", sums.while_open, 0 in hidden),
        ("after-hours", sums.after_hours, 1 in hidden),
        ("not-noted", sums.not_noted, 2 in hidden),
        ("secret-shoppers", shoppers, is_small),
    )
    while_open, after_hours, not_noted, secret = (
        _first_tries(slug, waits, target, control, is_hidden=is_hidden)
        for slug, waits, is_hidden in parts
    )
    return TriesStatistics(sum(sizes), target, while_open, after_hours, not_noted, secret)


def _first_tries(
    slug: str, waits: Counter[str], target: int, control: DisclosureControl, *, is_hidden: bool
) -> FirstTries:
    total = waits.total()
    if is_hidden or not total:
        return FirstTries(slug, None if is_hidden else 0, {}, None, None, None, [])
    edges = sorted({*EDGES, target})
    never = [waits[NOT_TRIED_YET], waits[CLOSED_UNTRIED]]
    minutes_waited: Counter[float] = Counter(
        {int(minutes): number for minutes, number in waits.items() if minutes.isdigit()}
    )
    bins = [0] * (len(edges) + 1)
    for minutes, number in minutes_waited.items():
        bins[sum(minutes > edge for edge in edges)] += number
    if any(never):
        minutes_waited[NEVER] = sum(never)
    counts = [*bins, *never]
    places = {limit: edges.index(limit) + 1 for limit in (target, *reversed(LIMITS))}
    chosen = control.limits(counts, [places[target], len(bins), *places.values()])
    visible = [n for start, end in pairwise(chosen) for n in control.visible(counts[start:end])]
    return FirstTries(
        slug,
        total,
        {limit: sum(counts[: places[limit]]) if places[limit] in chosen else None
         for limit in sorted(places)},
        sum(never) if len(bins) in chosen else None,
        _told(minutes_waited, 50, control),
        _told(minutes_waited, 90, control),
        [LabelledNumber(*pair) for pair in zip(_labels(edges), visible, strict=True)],
    )  # fmt: skip


def _told(waits: Counter[float], percent: int, control: DisclosureControl) -> float | None:
    """The percentile; None if few waited as long or longer, or as short or shorter."""
    found = percentile(waits, percent)
    longer = sum(number for wait, number in waits.items() if wait >= found)
    shorter = sum(number for wait, number in waits.items() if wait <= found)
    return None if control.is_small(longer) or control.is_small(shorter) else found


def _labels(edges: list[int]) -> list[str]:
    words = [duration(edge) for edge in edges]
    between = [
        gettext("Over %(from)s, up to %(to)s") % {"from": start, "to": end}
        for start, end in pairwise(words)
    ]
    return [
        gettext("Up to %s") % words[0],
        *between,
        gettext("Over %s") % words[-1],
        gettext("Not tried yet"),
        gettext("Closed, never tried"),
    ]


def percentile(counts: Counter[float], percent: int) -> float:
    """The percentile by the nearest-rank method. Raises ValueError if there are no values."""
    rank = -(-sum(counts.values()) * percent // 100)
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0:
            return value
    raise ValueError("there is nothing to rank")
