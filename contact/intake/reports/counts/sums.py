"""What reports count, as sums that can be added and stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

# Stands for the minutes until the first try of those who were never tried.
NOT_TRIED_YET, CLOSED_UNTRIED = "open", "closed"


@dataclass
class Sums:
    """Numbers of requests and calls, each by a value as text, as JSON keeps it.

    `requests` are the numbers of those left out, of danger, and of who came in soon. The five
    beginning with `while_open` count by the minutes until the first try.
    """

    requests: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)

    while_open: Counter[str] = field(default_factory=Counter)
    after_hours: Counter[str] = field(default_factory=Counter)
    not_noted: Counter[str] = field(default_factory=Counter)
    written_by_staff: Counter[str] = field(default_factory=Counter)
    secret_shoppers: Counter[str] = field(default_factory=Counter)

    # Calls of ours by try, hour of the day and account, and those that reached the person.
    tries: Counter[str] = field(default_factory=Counter)
    tries_reached: Counter[str] = field(default_factory=Counter)
    hours_called: Counter[str] = field(default_factory=Counter)
    hours_reached: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    accounts_reached: Counter[str] = field(default_factory=Counter)
    # Talks that they began, by direction.
    talks: Counter[str] = field(default_factory=Counter)

    def add(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Add sums that `stored` returned."""
        for name, numbers in counts.items():
            mine: Counter[str] = getattr(self, name)
            for value, number in numbers.items():
                mine[value] += number

    def stored(self) -> dict[str, dict[str, int]]:
        """The sums for JSON, without zeros."""
        tables = {each.name: dict(+getattr(self, each.name)) for each in fields(self)}
        return {name: numbers for name, numbers in tables.items() if numbers}
