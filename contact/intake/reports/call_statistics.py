"""The statistics of calls: how many, how many reached the person, and who came to us instead."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.utils.translation import gettext

from contact.intake.colleagues import display_name
from contact.records.enums import Direction
from contact.records.outcomes import CallOutcome

from .counting import count_by
from .disclosure_control import DisclosureControl

# Later tries are counted together.
SEPARATE_TRIES = 5


class Rate(NamedTuple):
    """The calls of a group, and how many of them reached the person; None: hidden."""

    label: str
    number: int | None
    reached: int | None


class Talks(NamedTuple):
    """Talks that people began by calling us or coming to us, by how; None: hidden."""

    total: int | None
    by_direction: list[tuple[str, int | None]]


class CallStatistics(NamedTuple):
    """The lists are shown only if the total is neither 0 nor None."""

    total: int | None
    reached: int | None
    by_try: list[Rate]
    by_hour: list[Rate]
    by_account: list[Rate]
    talks: Talks


def call_statistics(calls: Any, control: DisclosureControl) -> CallStatistics:
    talks: Counter[str] = Counter()
    made: Counter[tuple[str, int]] = Counter()
    reached: Counter[tuple[str, int]] = Counter()
    for number, hour, account, outcome, direction, count in count_by(
        calls, "number", "hour_of_week", "by", "outcome", "direction"
    ):
        if not Direction(direction).is_ours:
            talks[direction] += count
            continue
        groups = (
            ("try", min(number, SEPARATE_TRIES + 1)),
            ("hour", hour % 24),
            ("account", account),
        )
        for group in groups:
            made[group] += count
            reached[group] += count * CallOutcome(outcome).facts.spoke
    tries = [("try", number) for number in range(1, SEPARATE_TRIES + 2)]
    hours = [("hour", hour) for hour in range(24)]
    accounts = [group for group in made if group[0] == "account"]
    total = sum(made[group] for group in tries)
    total_reached = sum(reached[group] for group in tries)
    return CallStatistics(
        *_total(total, total_reached, control),
        _rates([(_try_label(g[1]), made[g], reached[g]) for g in tries], control),
        _rates([(f"{g[1]:02}:00", made[g], reached[g]) for g in hours], control),
        _rates(_pool_small([(g[1], made[g], reached[g]) for g in accounts], control), control),
        _talks(talks, control),
    )


def reached_by_calls(calls: Any, control: DisclosureControl) -> tuple[int | None, int | None]:
    """How many calls of ours, and how many reached the person; None: hidden."""
    total = reached = 0
    for outcome, direction, number in count_by(calls, "outcome", "direction"):
        if Direction(direction).is_ours:
            total += number
            reached += number * CallOutcome(outcome).facts.spoke
    return _total(total, reached, control)


def _total(total: int, reached: int, control: DisclosureControl) -> tuple[int | None, int | None]:
    is_told = not (control.is_small(reached) or control.is_small(total - reached))
    return control.shown(total), reached if is_told else None


def _talks(counted: Counter[str], control: DisclosureControl) -> Talks:
    began = [each for each in Direction if not each.is_ours]
    counts = control.visible([counted[each] for each in began])
    labels = [str(each.label) for each in began]
    return Talks(control.shown(counted.total()), list(zip(labels, counts, strict=True)))


def _try_label(number: int) -> str:
    words = (
        gettext("Try %(number)d")
        if number <= SEPARATE_TRIES
        else gettext("Try %(number)d or later")
    )
    return words % {"number": number}


def _pool_small(
    accounts: list[tuple[int, int, int]], control: DisclosureControl
) -> list[tuple[str, int, int]]:
    """The busiest accounts first; those with few calls are counted together, without names."""
    accounts.sort(key=lambda row: (-row[1], row[0]))
    to_hide = control.hidden([count for _account, count, _reached in accounts])
    staff = get_user_model().objects.in_bulk([account for account, *_rest in accounts])
    rows = [
        (display_name(staff[account]), count, reached)
        for position, (account, count, reached) in enumerate(accounts)
        if position not in to_hide
    ]
    if to_hide:
        label = gettext("All others") if rows else gettext("All together")
        rest = [accounts[position] for position in to_hide]
        rows.append((label, sum(row[1] for row in rest), sum(row[2] for row in rest)))
    return rows


def _rates(rows: list[tuple[str, int, int]], control: DisclosureControl) -> list[Rate]:
    counts, parts = [row[1] for row in rows], [row[2] for row in rows]
    to_hide, split_to_hide = control.hidden(counts), control.hidden_splits(counts, parts)
    return [Rate(label, None if p in to_hide else count, None if p in split_to_hide else reached)
            for p, (label, count, reached) in enumerate(rows)]  # fmt: skip
