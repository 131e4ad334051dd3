from collections import defaultdict
from itertools import product

import pytest

from contact.intake.reports.disclosure_control import ALL_SHOWN, PROTECTED

hidden, hidden_splits = PROTECTED.hidden, PROTECTED.hidden_splits
is_small, shown = PROTECTED.is_small, PROTECTED.shown


def shown_of(counts, secret):
    return tuple(None if place in secret else count for place, count in enumerate(counts))


@pytest.mark.parametrize(
    ("counts", "visible"),
    [
        ([12, 30, 7], (12, 30, 7)),
        ([0, 12, 30], (None, 12, 30)),
        # One small group alone is the total less the others: the next smallest goes too.
        ([3, 12, 30], (None, None, 30)),
        # Two that add up to fewer than five would tell how small they are.
        ([1, 2, 12, 30], (None, None, None, 30)),
        # Two that could both only be four.
        ([4, 4, 12, 30], (None, None, None, 30)),
        ([3, 2, 0, 12, 30], (None, None, None, 12, 30)),
        # With a tie, both go: else the hidden one of the two would be known to be twelve.
        ([2, 12, 12], (None, None, None)),
        ([4], (None,)),
        ([5], (5,)),
        ([0, 0], (None, None)),
        ([], ()),
    ],
)
def test_small_groups_are_hidden_with_what_would_give_them_away(counts, visible):
    assert shown_of(counts, hidden(counts)) == visible


@pytest.mark.parametrize(("groups", "largest"), [(2, 20), (3, 14), (4, 9)])
def test_no_small_group_follows_from_the_total_even_for_who_knows_the_rule(groups, largest):
    """Try every table, and ask which of them look the same from outside."""
    alike = defaultdict(list)
    for counts in product(range(largest + 1), repeat=groups):
        if not is_small(sum(counts)):
            alike[sum(counts), shown_of(counts, hidden(counts))].append(counts)
    for (_total, visible), tables in alike.items():
        for place in range(groups):
            possible = {counts[place] for counts in tables}
            assert visible[place] is None or visible[place] >= 5
            assert len(possible) > 1 or not is_small(possible.pop())
        # Nor are those that are hidden a small group when they are taken together.
        secret = [place for place in range(groups) if visible[place] is None]
        assert all(not is_small(sum(counts[place] for place in secret)) for counts in tables)


@pytest.mark.parametrize(("groups", "largest"), [(2, 9), (3, 6)])
def test_no_small_part_follows_from_both_sums_even_for_who_knows_the_rule(groups, largest):
    alike = defaultdict(list)
    for wholes in product(range(largest + 1), repeat=groups):
        if is_small(sum(wholes)):
            continue
        for parts in product(*(range(whole + 1) for whole in wholes)):
            sums = (shown(sum(parts)), shown(sum(wholes) - sum(parts)))
            visible = (
                shown_of(wholes, hidden(wholes)),
                shown_of(parts, hidden_splits(wholes, parts)),
            )
            told = sum(wholes), None if None in sums else sums
            alike[told, visible].append((wholes, parts))
    for tables in alike.values():
        for place in range(groups):
            for side in (
                {parts[place] for _wholes, parts in tables},
                {wholes[place] - parts[place] for wholes, parts in tables},
            ):
                assert len(side) > 1 or not is_small(side.pop())


def test_a_split_is_shown_where_both_parts_are_large_enough_or_empty():
    assert hidden_splits([100, 30, 9], [40, 12, 0]) == set()
    assert hidden_splits([100, 30, 9], [40, 12, 2]) == {1, 2}


def test_a_split_is_hidden_too_where_another_would_be_known_to_have_at_least_so_many():
    # Of nine at most nine were reached: of the twelve in all, three or more belong to the fifty.
    assert hidden_splits([50, 9, 80], [3, 9, 40]) == {0, 1, 2}


@pytest.mark.parametrize(
    ("counts", "wanted", "limits"),
    [
        ([6, 7, 8], [1, 2], [0, 1, 2, 3]),
        # Three in between would follow from two limits: the one asked for first stays.
        ([6, 3, 8], [2, 1], [0, 2, 3]),
        ([6, 3, 8], [1, 2], [0, 1, 3]),
        ([6, 0, 8], [1, 2], [0, 1, 2, 3]),
        ([6, 9, 2], [1, 2], [0, 1, 3]),
    ],
)
def test_limits_with_few_between_them_are_not_told(counts, wanted, limits):
    assert PROTECTED.limits(counts, wanted) == limits


def test_leads_are_shown_all():
    assert ALL_SHOWN.visible([0, 1, 40]) == [0, 1, 40]
    assert ALL_SHOWN.hidden_splits([3, 40], [1, 39]) == set()
    assert ALL_SHOWN.limits([1, 0, 2], [2, 1]) == [0, 1, 2, 3]
    assert ALL_SHOWN.shown(1) == 1
