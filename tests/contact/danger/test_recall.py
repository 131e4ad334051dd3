"""How many people in danger are found, and how many harmless messages lead with help."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from contact.danger.rules import decide
from contact.models import DangerPhrase

from .messages import read_messages

pytestmark = pytest.mark.django_db
MIN_RECALL, MAX_FALSE = 0.90, 0.10


def measured(is_looked_at):
    """Counts of found and of all messages, by whether they mean danger, kind and language."""
    rows, found, total = DangerPhrase.objects.rows(), Counter(), Counter()
    for message in read_messages():
        if message.is_looked_at == is_looked_at:
            group = (message.is_danger, message.kind, message.language)
            total[group] += 1
            found[group] += decide(rows, message.text).is_danger
    return found, total


@pytest.mark.parametrize("is_looked_at", [True, False], ids=["looked at", "never looked at"])
def test_danger_is_found_and_harmless_messages_are_left_alone(is_looked_at):
    found, total = measured(is_looked_at)
    shares = {}
    for is_danger, name in ((True, "recall"), (False, "false")):
        groups = sorted(group for group in total if group[0] == is_danger)
        for group in groups:
            print(f"{name:6} {group[1]:12} {group[2]} {found[group]:3} of {total[group]:3}")
        all_found, everything = (sum(count[g] for g in groups) for count in (found, total))
        shares[is_danger] = all_found / everything
        print(f"{name:6} all             {all_found:3} of {everything:3} {shares[is_danger]:.3f}")
    assert shares[True] >= MIN_RECALL
    assert shares[False] <= MAX_FALSE


def test_messages_of_later_rounds_stay_found():
    """Each round was written after the patterns before it, then looked at to mend them."""
    with Path(__file__).with_name("rounds.csv").open(newline="", encoding="utf-8") as file:
        messages = list(csv.DictReader(file))
    rows = DangerPhrase.objects.rows()
    found, total = Counter(), Counter()
    for message in messages:
        total[message["is_danger"]] += 1
        found[message["is_danger"]] += decide(rows, message["message"]).is_danger
    assert found["1"] / total["1"] >= 0.95
    assert found["0"] / total["0"] <= 0.05
