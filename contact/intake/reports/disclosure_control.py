"""Disclosure control: hide the numbers of a report from which a small group could be worked out.

The rule, for groups that together make up a known total:

1. Groups under MIN_GROUP are hidden, empty ones too, so that nobody can tell the two apart.
2. If what is hidden could still be worked out from the total, the next smallest group is hidden
   as well, and so on: until the hidden ones add up to at least MIN_GROUP (or to nothing at all),
   and to no more than all but one of them can hold, so that each of them may be empty.

Where each number is split in two, as calls into reached and not reached, the split is hidden under
the same conditions for both parts. Groups without a fixed list, such as articles, are pooled
instead: the report shows neither their names nor their number.

This guards one report. Someone who asks for two neighbouring ranges of days can subtract one from
the other; only leads can, and nothing here prevents it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MIN_GROUP = 5
MAX_SMALL = MIN_GROUP - 1


def is_small(count: int) -> bool:
    return 0 < count < MIN_GROUP


def shown(count: int) -> int | None:
    """A number outside any list; None if it must be hidden."""
    return None if is_small(count) else count


def _tells(counts: Iterable[int], ceiling: int) -> bool:
    """Whether the sum of the hidden groups gives one away; none of them is above `ceiling`."""
    counts = list(counts)
    total = sum(counts)
    return total > 0 and not MIN_GROUP <= total <= (len(counts) - 1) * ceiling


def hidden(counts: Sequence[int]) -> set[int]:
    """The positions to hide from readers who know the sum of all."""
    order = sorted(range(len(counts)), key=lambda position: counts[position])
    small = sum(count < MIN_GROUP for count in counts)
    for size in range(small, len(order)) if small else ():
        ceiling = MAX_SMALL if size == small else counts[order[size]]
        if not _tells((counts[position] for position in order[:size]), ceiling):
            return set(order[:size])
    return set(order) if small else set()


def visible(counts: Sequence[int]) -> list[int | None]:
    """The counts, with None for each that must be hidden."""
    to_hide = hidden(counts)
    return [None if place in to_hide else count for place, count in enumerate(counts)]


def hidden_splits(wholes: Sequence[int], parts: Sequence[int]) -> set[int]:
    """The positions whose part to hide from readers who know the sums of parts and of the rest."""
    others = [whole - part for whole, part in zip(wholes, parts, strict=True)]
    found = hidden(wholes)
    found |= {
        p for p, pair in enumerate(zip(parts, others, strict=True)) if any(map(is_small, pair))
    }
    rest = sorted(set(range(len(wholes))) - found, key=lambda position: wholes[position])
    while found and rest and any(_split_tells(wholes, side, found) for side in (parts, others)):
        found.add(rest.pop(0))
    return found


def _split_tells(wholes: Sequence[int], side: Sequence[int], found: set[int]) -> bool:
    """Whether the sum of the hidden parts on one side gives one away."""
    total = sum(side[position] for position in found)
    room = sum(wholes[position] for position in found)
    # The smallest that each part can be, if all others are as large as they can be.
    least = (total - (room - wholes[position]) for position in found)
    return is_small(total) or any(map(is_small, least))
