"""Disclosure control: hide the numbers of a report from which a small group could be worked out.

The rule, for groups that together make up a known total:

1. Groups under MIN_GROUP are hidden, empty ones too, so that nobody can tell the two apart.
2. If what is hidden could still be worked out from the total, the next smallest group is hidden
   as well, and so on: until the hidden ones add up to at least MIN_GROUP (or to nothing at all),
   and to no more than all but one of them can hold, so that each of them may be empty.

Where each number is split in two, as calls into reached and not reached, the split is hidden under
the same conditions for both parts. Groups without a fixed list, such as articles, are pooled
instead: the report shows neither their names nor their number. Counts within rising limits, as
calls within 5, 15 and 60 minutes, are shown for those limits that no few lie between.

PROTECTED is for figures that leave the desk; leads see ALL_SHOWN on their own screen.

This guards each table by itself. Who has reports of two neighbouring ranges of days, or two tables
about the same people, may be able to subtract one from the other, and nothing here prevents that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

MIN_GROUP = 5


class DisclosureControl(NamedTuple):
    """Groups with fewer than `min_group` are hidden; 0 hides nothing."""

    min_group: int

    @property
    def hides(self) -> bool:
        return self.min_group > 0

    def is_small(self, count: int) -> bool:
        return 0 < count < self.min_group

    def shown(self, count: int) -> int | None:
        """A number outside any list; None if it must be hidden."""
        return None if self.is_small(count) else count

    def _tells(self, counts: Iterable[int], ceiling: int) -> bool:
        """Whether the sum of the hidden groups gives one away; none of them is above `ceiling`."""
        counts = list(counts)
        total = sum(counts)
        return total > 0 and not self.min_group <= total <= (len(counts) - 1) * ceiling

    def hidden(self, counts: Sequence[int]) -> set[int]:
        """The positions to hide from readers who know the sum of all."""
        order = sorted(range(len(counts)), key=lambda position: counts[position])
        small = sum(count < self.min_group for count in counts)
        for size in range(small, len(order)) if small else ():
            ceiling = self.min_group - 1 if size == small else counts[order[size]]
            if not self._tells((counts[position] for position in order[:size]), ceiling):
                return set(order[:size])
        return set(order) if small else set()

    def visible(self, counts: Sequence[int]) -> list[int | None]:
        """The counts, with None for each that must be hidden."""
        to_hide = self.hidden(counts)
        return [None if place in to_hide else count for place, count in enumerate(counts)]

    def limits(self, counts: Sequence[int], wanted: Iterable[int]) -> list[int]:
        """The positions up to which the sum may be told, in order; the first ones go first."""
        chosen = [0, len(counts)]
        for place in wanted:
            tried = sorted({*chosen, place})
            if not any(self.is_small(sum(counts[a:b])) for a, b in pairwise(tried)):
                chosen = tried
        return chosen

    def hidden_splits(self, wholes: Sequence[int], parts: Sequence[int]) -> set[int]:
        """The positions whose part to hide from who knows the sums of parts and of the rest."""
        others = [whole - part for whole, part in zip(wholes, parts, strict=True)]
        found = self.hidden(wholes)
        found |= {
            place
            for place, pair in enumerate(zip(parts, others, strict=True))
            if any(map(self.is_small, pair))
        }
        rest = sorted(set(range(len(wholes))) - found, key=lambda position: wholes[position])
        while found and rest and any(self._split_tells(wholes, s, found) for s in (parts, others)):
            found.add(rest.pop(0))
        return found

    def _split_tells(self, wholes: Sequence[int], side: Sequence[int], found: set[int]) -> bool:
        """Whether the sum of the hidden parts on one side gives one away."""
        total = sum(side[position] for position in found)
        room = sum(wholes[position] for position in found)
        # The smallest that each part can be, if all others are as large as they can be.
        least = (total - (room - wholes[position]) for position in found)
        return self.is_small(total) or any(map(self.is_small, least))


PROTECTED = DisclosureControl(MIN_GROUP)
ALL_SHOWN = DisclosureControl(0)
