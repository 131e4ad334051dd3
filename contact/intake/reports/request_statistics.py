"""The statistics of requests: when people asked, how long they waited, and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext

from contact.models import CallbackRequest
from contact.records.desk import Desk
from contact.records.enums import Origin
from contact.records.outcomes import RequestOutcome

from .counting import EXCLUDED, count_by
from .danger_statistics import DangerStatistics, danger_statistics
from .disclosure_control import hidden, is_small, shown, visible
from .durations import duration

HOURS_OF_WEEK = 7 * 24
# The hours of the week are counted in blocks of so many; the shortest come first.
BLOCK_HOURS = (1, 3, 6)
# Blocks are long enough if those that are shown hold this share of the requests.
SHOWN_SHARE = 0.75
WAIT_EDGES = (15, 30, 60, 120, 240, 480)
MAX_SOURCES = 20


class Group(NamedTuple):
    """The number of requests with this label; None: hidden."""

    label: str
    number: int | None


class Week(NamedTuple):
    """When people asked: a count for each block of so many hours, from Monday on; None: hidden."""

    hours: int
    blocks: list[int | None]

    @property
    def blocks_a_day(self) -> int:
        return 24 // self.hours

    @property
    def shown(self) -> int:
        """The number of requests in blocks that are shown."""
        return sum(filter(None, self.blocks))


class Waits(NamedTuple):
    """Minutes of opening time until the first call; None: hidden, or nobody was called."""

    groups: list[Group]
    target: int
    median: int | None
    ninetieth: int | None
    called: int | None
    within_target: int | None


class RequestStatistics(NamedTuple):
    """The lists are shown only if the total is neither 0 nor None."""

    total: int | None
    week: Week
    waits: Waits
    outcomes: list[Group]
    sources: list[Group]
    languages: list[Group]
    origins: list[Group]
    danger: DangerStatistics


def request_statistics(received: Any) -> tuple[RequestStatistics, int]:
    """The statistics of these requests, and the number of those left out."""
    outcomes: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    excluded = 0
    for priority, outcome, language, number in count_by(
        received, "priority", "outcome", "language"
    ):
        if priority in EXCLUDED["priority"] or outcome in EXCLUDED["outcome"]:
            excluded += number
            continue
        outcomes[outcome] += number
        languages[language] += number
    for column, values in EXCLUDED.items():
        received = received.exclude(**{f"{column}__in": values})
    # A query of their own: no index holds all these columns, so SQLite would read the rows.
    sources: Counter[str] = Counter()
    origins: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    for source, hour, origin, number in count_by(received, "source", "hour_of_week", "origin"):
        origins[origin] += number
        sources[source] += number
        hours[hour] += number
    requests = RequestStatistics(
        shown(outcomes.total()),
        _week(hours),
        _waits(count_by(received, "first_attempt_minutes", "status")),
        _groups([(str(each.label), outcomes[each]) for each in RequestOutcome
                 if each.facts.is_counted] + [(gettext("Still open"), outcomes[""])]),
        _sources(sources),
        _groups([(str(label), languages[key])
                 for key, label in CallbackRequest.Language.choices]),
        _groups([(str(each.label), origins[each]) for each in Origin]),
        danger_statistics(received, outcomes.total()),
    )  # fmt: skip
    return requests, excluded


def _week(asked: Counter[int]) -> Week:
    """By the shortest blocks that show most of the requests; else by those that show the most."""
    weeks = []
    for hours in BLOCK_HOURS:
        starts = range(0, HOURS_OF_WEEK, hours)
        sums = [sum(asked[hour] for hour in range(first, first + hours)) for first in starts]
        week = Week(hours, visible(sums))
        if week.shown >= SHOWN_SHARE * asked.total():
            return week
        weeks.append(week)
    best = max(weeks, key=lambda week: week.shown)
    return best if best.shown else weeks[-1]


def _waits(counted: Iterable[tuple[int | None, str, int]]) -> Waits:
    target = Desk.current().target_minutes
    minutes: Counter[int] = Counter()
    uncalled: Counter[bool] = Counter()
    for minute, status, number in counted:
        if minute is None:
            uncalled[status == CallbackRequest.Status.CLOSED] += number
        else:
            minutes[minute] += number
    edges = sorted({*WAIT_EDGES, target})
    bins = [0] * (len(edges) + 1)
    for minute, number in minutes.items():
        bins[sum(minute > edge for edge in edges)] += number
    on_time = edges.index(target) + 1
    sides = [bins[:on_time], bins[on_time:], [uncalled[False], uncalled[True]]]
    labels = [
        *_bin_labels(edges),
        gettext("Not called yet"),
        gettext("Closed without a call of ours"),
    ]
    called = minutes.total()
    # The share within the target gives away the sum of each side, so each hides by itself.
    sides_are_shown = called > 0 and not any(is_small(sum(side)) for side in sides)
    tables = sides if sides_are_shown else [[*sides[0], *sides[1], *sides[2]]]
    counts = [count for table in tables for count in visible(table)]
    return Waits(
        [Group(*pair) for pair in zip(labels, counts, strict=True)],
        target,
        percentile(minutes, 50) if shown(called) else None,
        percentile(minutes, 90) if shown(called) else None,
        called if sides_are_shown else None,
        sum(sides[0]) if sides_are_shown else None,
    )


def _bin_labels(edges: list[int]) -> list[str]:
    words = [duration(edge) for edge in edges]
    between = [
        gettext("Over %(from)s, up to %(to)s") % {"from": start, "to": end}
        for start, end in pairwise(words)
    ]
    return [gettext("Up to %s") % words[0], *between, gettext("Over %s") % words[-1]]


def percentile(counts: Counter[int], percent: int) -> int:
    """The percentile by the nearest-rank method. Raises ValueError if there are no values."""
    rank = -(-sum(counts.values()) * percent // 100)
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0:
            return value
    raise ValueError("there is nothing to rank")


def _groups(counted: list[tuple[str, int]]) -> list[Group]:
    labels, counts = zip(*counted, strict=True)
    return [Group(*pair) for pair in zip(labels, visible(counts), strict=True)]


def _sources(counts: dict[str, int]) -> list[Group]:
    """The most frequent sources; the rest are counted together."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    to_hide = hidden([count for _source, count in ordered])
    named = [item for p, item in enumerate(ordered) if p not in to_hide][:MAX_SOURCES]
    groups = [Group(source or gettext("No article"), count) for source, count in named]
    if others := sum(counts.values()) - sum(count for _source, count in named):
        groups.append(Group(gettext("All others") if named else gettext("All together"), others))
    return groups
