"""Which numbers of a report must be hidden, so that no small group of people shows through.

The rule, for groups that together make up a known total:

1. Groups under LEAST are hidden, empty ones too: nobody can tell the two apart.
2. If what is hidden could still be worked out from the total, the next smallest group is hidden
   as well, and so on: until the hidden ones add up to at least LEAST (or to nothing at all), and
   to no more than all but one of them can hold, so that each of them may be empty.

Where each number is split in two, as calls into reached and not reached, the split is hidden under
the same conditions for both parts. Groups without a fixed list, such as articles, are pooled
instead: neither their names nor how many they are is told.

This guards one report. Someone who asks for two neighbouring ranges of days can subtract one from
the other; only leads can, and nothing here prevents it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LEAST = 5
MOST_SMALL = LEAST - 1


def is_small(count: int) -> bool:
    return 0 < count < LEAST


def shown(count: int) -> int | None:
    """A number that belongs to no list; None if it must be hidden."""
    return None if is_small(count) else count


def _tells(counts: Iterable[int], ceiling: int) -> bool:
    """Whether hidden groups show through their sum; none of them is above `ceiling`."""
    counts = list(counts)
    total = sum(counts)
    return total > 0 and not LEAST <= total <= (len(counts) - 1) * ceiling


def hidden(counts: Sequence[int]) -> set[int]:
    """The positions to hide, given that everybody knows the sum of all."""
    order = sorted(range(len(counts)), key=lambda position: counts[position])
    small = sum(count < LEAST for count in counts)
    for size in range(small, len(order)) if small else ():
        ceiling = MOST_SMALL if size == small else counts[order[size]]
        if not _tells((counts[position] for position in order[:size]), ceiling):
            return set(order[:size])
    return set(order) if small else set()


def hidden_splits(wholes: Sequence[int], parts: Sequence[int]) -> set[int]:
    """The positions whose part must be hidden, given that everybody knows both sums."""
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
    """Whether the hidden parts of one side show through their sum."""
    total = sum(side[position] for position in found)
    room = sum(wholes[position] for position in found)
    # What a part must at least be, were all others as large as they can.
    least = (total - (room - wholes[position]) for position in found)
    return is_small(total) or any(map(is_small, least))
