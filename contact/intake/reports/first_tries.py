"""The statistics of first tries: how long people waited for our first call, in opening time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext

from contact.records.enums import Origin, Status

from .counting import Group, count_by
from .disclosure_control import DisclosureControl
from .durations import duration

LIMITS = (5, 15, 60)
EDGES = (*LIMITS, 240, 480)
# The wait of who was never tried.
NEVER = math.inf
# Keys of the groups beside True, False and None, which say whether the desk was open.
SHOPPERS, WRITTEN_BY_STAFF = "secret shoppers", "written by staff"

# The number of requests by minutes (None: never tried) and by whether they are closed.
type Waits = Counter[tuple[int | None, bool]]


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
    groups: list[Group]


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


def tries_statistics(received: Any, target: int, control: DisclosureControl) -> TriesStatistics:
    """About these requests, which hold no spam but the secret shoppers."""
    waits: dict[Any, Waits] = defaultdict(Counter)
    for minutes, status, was_open, origin, is_shopper, number in count_by(
        received,
        *("first_attempt_minutes", "status", "asked_while_open", "origin", "is_secret_shopper"),
    ):
        key = was_open if Origin(origin).talk is None else WRITTEN_BY_STAFF
        key = SHOPPERS if is_shopper else key
        waits[key][minutes, status == Status.CLOSED] += number
    sizes = [waits[key].total() for key in (True, False, None, WRITTEN_BY_STAFF)]
    # Readers know the sum of all, and may know that of the form.
    hidden = control.hidden(sizes) | control.hidden(sizes[:3])
    shoppers = waits[SHOPPERS]
    is_small = control.is_small(shoppers.total())
    parts = (
        ("while-open", waits[True], 0 in hidden),
        ("after-hours", waits[False], 1 in hidden),
        ("not-noted", waits[None], 2 in hidden),
        ("secret-shoppers", shoppers, is_small),
    )
    while_open, after_hours, not_noted, secret = (
        _first_tries(slug, wait, target, control, is_hidden=is_hidden)
        for slug, wait, is_hidden in parts
    )
    return TriesStatistics(sum(sizes), target, while_open, after_hours, not_noted, secret)


def _first_tries(
    slug: str, waits: Waits, target: int, control: DisclosureControl, *, is_hidden: bool
) -> FirstTries:
    total = waits.total()
    if is_hidden or not total:
        return FirstTries(slug, None if is_hidden else 0, {}, None, None, None, [])
    edges = sorted({*EDGES, target})
    never = [sum(n for (m, closed), n in waits.items() if m is None and closed is c)
             for c in (False, True)]  # fmt: skip
    bins = [0] * (len(edges) + 1)
    for (minutes, _is_closed), number in waits.items():
        if minutes is not None:
            bins[sum(minutes > edge for edge in edges)] += number
    counts = [*bins, *never]
    places = {limit: edges.index(limit) + 1 for limit in (target, *reversed(LIMITS))}
    chosen = control.limits(counts, [places[target], len(bins), *places.values()])
    visible = [n for start, end in pairwise(chosen) for n in control.visible(counts[start:end])]
    minutes_waited: Counter[float] = Counter()
    for (minutes, _is_closed), number in waits.items():
        minutes_waited[NEVER if minutes is None else minutes] += number
    return FirstTries(
        slug,
        total,
        {limit: sum(counts[: places[limit]]) if places[limit] in chosen else None
         for limit in sorted(places)},
        sum(never) if len(bins) in chosen else None,
        _told(minutes_waited, 50, control),
        _told(minutes_waited, 90, control),
        [Group(*pair) for pair in zip(_labels(edges), visible, strict=True)],
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
