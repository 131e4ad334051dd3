"""The numbers of a report: counted by the database, small groups hidden before anyone sees them.

Six queries, whatever the size of the tables. What was found to be spam, or looks automatic, is
left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from contact.intake.colleagues import display_name
from contact.models import CallAttempt, CallbackRequest
from contact.records.desk import Desk
from contact.records.enums import Priority
from contact.records.outcomes import CallOutcome, RequestOutcome

from .disclosure_control import hidden, hidden_splits, is_small, shown
from .durations import duration
from .periods import Period

HOURS_OF_WEEK = 7 * 24
# Hours that stand together in a field of the week, the finest first.
FIELDS = (1, 3, 6)
# So large a share of the requests must stand in fields that are shown.
ENOUGH = 0.75
EDGES = (15, 30, 60, 120, 240, 480)
TRIES_TOLD_APART = 5
MOST_SOURCES = 20
LEFT_OUT: dict[str, list[Any]] = {
    "priority": [each for each in Priority if not each.facts.is_counted],
    "outcome": [each for each in RequestOutcome if not each.facts.is_counted],
}


class Group(NamedTuple):
    """So many of them; None: hidden."""

    label: str
    number: int | None


class Rate(NamedTuple):
    """So many of a group; None: hidden."""

    label: str
    number: int | None
    reached: int | None


class Week(NamedTuple):
    """When people asked: fields of so many hours each, Monday's first; None: hidden."""

    hours: int
    fields: list[int | None]

    @property
    def a_day(self) -> int:
        """Fields in a day."""
        return 24 // self.hours

    @property
    def shown(self) -> int:
        """How many requests stand in fields that are shown."""
        return sum(filter(None, self.fields))


class Waits(NamedTuple):
    """Minutes of opening time until the first call; None: hidden, or nobody was called."""

    groups: list[Group]
    target: int
    median: int | None
    ninetieth: int | None
    called: int | None
    within_target: int | None


class Requests(NamedTuple):
    """Its lists are worth showing only when the total is: neither 0 nor None."""

    total: int | None
    week: Week
    waits: Waits
    outcomes: list[Group]
    sources: list[Group]
    languages: list[Group]


class Calls(NamedTuple):
    """Its lists are worth showing only when the total is: neither 0 nor None."""

    total: int | None
    reached: int | None
    by_try: list[Rate]
    by_hour: list[Rate]
    by_account: list[Rate]


class Figures(NamedTuple):
    period: Period
    left_out: int | None
    requests: Requests
    calls: Calls


def figures(period: Period) -> Figures:
    """Requests asked for in these days, and calls made in them."""
    asked = CallbackRequest.objects.filter(
        created_at__gte=period.start, created_at__lt=period.end
    ).order_by()
    made = CallAttempt.objects.filter(at__gte=period.start, at__lt=period.end).order_by()
    requests, left_out = _requests(asked)
    return Figures(period, shown(left_out), requests, _calls(_without_spam(made, period)))


def _without_spam(made: Any, period: Period) -> Any:
    """The calls of these days but those about spam.

    A request is open while it is called: whatever was closed before these days, or asked for
    after them, is no matter. Joined, each call would be one more look at the requests.
    """
    could_be_called = CallbackRequest.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=period.start), created_at__lt=period.end
    )
    for column, values in LEFT_OUT.items():
        spam = could_be_called.filter(**{f"{column}__in": values})
        made = made.exclude(request__in=spam.values("pk"))
    return made


def _requests(asked: Any) -> tuple[Requests, int]:
    """What there is to tell of them, and how many were left out."""
    outcomes: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    left_out = 0
    for priority, outcome, language, number in _counted(asked, "priority", "outcome", "language"):
        if priority in LEFT_OUT["priority"] or outcome in LEFT_OUT["outcome"]:
            left_out += number
            continue
        outcomes[outcome] += number
        languages[language] += number
    for column, values in LEFT_OUT.items():
        asked = asked.exclude(**{f"{column}__in": values})
    # Apart from the columns above: no index holds all, and SQLite would read the rows.
    sources: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    for source, hour, number in _counted(asked, "source", "hour_of_week"):
        sources[source] += number
        hours[hour] += number
    requests = Requests(
        shown(outcomes.total()),
        _week(hours),
        _waits(_counted(asked, "first_attempt_minutes", "status")),
        _groups([(str(each.label), outcomes[each]) for each in RequestOutcome
                 if each.facts.is_counted] + [(_("Still open"), outcomes[""])]),
        _sources(sources),
        _groups([(str(label), languages[key])
                 for key, label in CallbackRequest.Language.choices]),
    )  # fmt: skip
    return requests, left_out


def _week(asked: Counter[int]) -> Week:
    """The finest fields that show most of the requests; else those that show the most."""
    weeks = []
    for hours in FIELDS:
        starts = range(0, HOURS_OF_WEEK, hours)
        sums = [sum(asked[hour] for hour in range(first, first + hours)) for first in starts]
        week = Week(hours, _told(sums))
        if week.shown >= ENOUGH * asked.total():
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
    edges = sorted({*EDGES, target})
    bins = [0] * (len(edges) + 1)
    for minute, number in minutes.items():
        bins[sum(minute > edge for edge in edges)] += number
    on_time = edges.index(target) + 1
    sides = [bins[:on_time], bins[on_time:], [uncalled[False], uncalled[True]]]
    labels = [*_bin_labels(edges), _("Not called yet"), _("Closed without a call")]
    called = minutes.total()
    # To tell the share within the target is to tell the sum of each side: hide in each by itself.
    told = called > 0 and not any(is_small(sum(side)) for side in sides)
    families = sides if told else [[*sides[0], *sides[1], *sides[2]]]
    counts = [count for family in families for count in _told(family)]
    return Waits(
        [Group(*pair) for pair in zip(labels, counts, strict=True)],
        target,
        percentile(minutes, 50) if shown(called) else None,
        percentile(minutes, 90) if shown(called) else None,
        called if told else None,
        sum(sides[0]) if told else None,
    )


def _bin_labels(edges: list[int]) -> list[str]:
    said = [duration(edge) for edge in edges]
    between = [
        _("Over %(from)s, up to %(to)s") % {"from": start, "to": end}
        for start, end in pairwise(said)
    ]
    return [_("Up to %s") % said[0], *between, _("Over %s") % said[-1]]


def percentile(counts: Counter[int], percent: int) -> int:
    """The smallest value that at least so many percent do not exceed (nearest rank)."""
    wanted = -(-sum(counts.values()) * percent // 100)
    for value in sorted(counts):
        wanted -= counts[value]
        if wanted <= 0:
            return value
    raise ValueError("there is nothing to rank")


def _groups(counted: list[tuple[str, int]]) -> list[Group]:
    labels, counts = zip(*counted, strict=True)
    return [Group(*pair) for pair in zip(labels, _told(counts), strict=True)]


def _told(counts: Sequence[int]) -> list[int | None]:
    secret = hidden(counts)
    return [None if place in secret else count for place, count in enumerate(counts)]


def _sources(counts: dict[str, int]) -> list[Group]:
    """The most frequent ones; the rest are pooled."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    secret = hidden([count for _source, count in ordered])
    named = [item for p, item in enumerate(ordered) if p not in secret][:MOST_SOURCES]
    groups = [Group(source or _("No article"), count) for source, count in named]
    if pooled := sum(counts.values()) - sum(count for _source, count in named):
        groups.append(Group(_("All others") if named else _("All together"), pooled))
    return groups


def _calls(made: Any) -> Calls:
    every: Counter[tuple[str, int]] = Counter()
    reached: Counter[tuple[str, int]] = Counter()
    for number, hour, account, outcome, count in _counted(
        made, "number", "hour_of_week", "by", "outcome"
    ):
        groups = (
            ("try", min(number, TRIES_TOLD_APART + 1)),
            ("hour", hour % 24),
            ("account", account),
        )
        for group in groups:
            every[group] += count
            reached[group] += count * CallOutcome(outcome).facts.spoke
    tries = [("try", number) for number in range(1, TRIES_TOLD_APART + 2)]
    hours = [("hour", hour) for hour in range(24)]
    accounts = [group for group in every if group[0] == "account"]
    total, got = sum(every[group] for group in tries), sum(reached[group] for group in tries)
    return Calls(
        shown(total),
        None if is_small(got) or is_small(total - got) else got,
        _rates([(_try_label(g[1]), every[g], reached[g]) for g in tries]),
        _rates([(f"{g[1]:02}:00", every[g], reached[g]) for g in hours]),
        _rates(_pooled([(g[1], every[g], reached[g]) for g in accounts])),
    )


def _try_label(number: int) -> str:
    words = _("Try %(number)d") if number <= TRIES_TOLD_APART else _("Try %(number)d or later")
    return words % {"number": number}


def _pooled(accounts: list[tuple[int, int, int]]) -> list[tuple[str, int, int]]:
    """The busiest first; those with few calls together, without their names."""
    accounts.sort(key=lambda row: (-row[1], row[0]))
    secret = hidden([count for _account, count, _reached in accounts])
    staff = get_user_model().objects.in_bulk([account for account, *_rest in accounts])
    rows = [(display_name(staff[account]), count, reached)
            for p, (account, count, reached) in enumerate(accounts) if p not in secret]  # fmt: skip
    if secret:
        label = _("All others") if rows else _("All together")
        rest = [accounts[position] for position in secret]
        rows.append((label, sum(row[1] for row in rest), sum(row[2] for row in rest)))
    return rows


def _rates(rows: list[tuple[str, int, int]]) -> list[Rate]:
    counts, parts = [row[1] for row in rows], [row[2] for row in rows]
    secret, unsplit = hidden(counts), hidden_splits(counts, parts)
    return [Rate(label, None if p in secret else count, None if p in unsplit else reached)
            for p, (label, count, reached) in enumerate(rows)]  # fmt: skip


def _counted(rows: Any, *columns: str) -> Any:
    return rows.values_list(*columns).annotate(number_of=Count("pk"))
