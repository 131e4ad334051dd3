"""The statistics of calls: how many, how many reached the person, and who came to us instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.utils.translation import gettext

from contact.intake.colleagues import display_name
from contact.intake.reports.disclosure_control import DisclosureControl
from contact.records.enums import Direction

from .counting import SEPARATE_TRIES
from .sums import Sums


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


def call_statistics(sums: Sums, control: DisclosureControl) -> CallStatistics:
    tries = [
        (_try_label(number), sums.tries[str(number)], sums.tries_reached[str(number)])
        for number in range(1, SEPARATE_TRIES + 2)
    ]
    hours = [
        (f"{hour:02}:00", sums.hours_called[str(hour)], sums.hours_reached[str(hour)])
        for hour in range(24)
    ]
    accounts = [
        (int(account), number, sums.accounts_reached[account])
        for account, number in sums.accounts.items()
    ]
    return CallStatistics(
        *reached_by_calls(sums, control),
        _rates(tries, control),
        _rates(hours, control),
        _rates(_pool_small(accounts, control), control),
        _talks(sums.talks, control),
    )


def reached_by_calls(sums: Sums, control: DisclosureControl) -> tuple[int | None, int | None]:
    """How many calls of ours, and how many reached the person; None: hidden."""
    total, reached = sums.tries.total(), sums.tries_reached.total()
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
    accounts: Sequence[tuple[int, int, int]], control: DisclosureControl
) -> list[tuple[str, int, int]]:
    """The busiest accounts first; those with few calls are counted together, without names."""
    accounts = sorted(accounts, key=lambda row: (-row[1], row[0]))
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
