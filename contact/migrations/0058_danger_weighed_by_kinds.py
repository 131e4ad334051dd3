"""Danger in more kinds of words: new rows, new points, and none of the rows they stand for.

Rows that staff wrote, changed or deleted stay as they left them: each has an entry in the admin's
history. A sign that staff weighed keeps its points.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from django.db import migrations

PATTERNS = import_module("contact.migrations.0016_danger_patterns").PATTERNS
digest = import_module("contact.migrations.0033_signs_of_danger").digest
BATCH = 200
CERTAIN = 200
DELETION = 3
# The rows of before that are gone, by the start of their SHA-256.
DIGESTS = """
    00cc9663441eab37 02bd0c17fbf4db08 07dbbc02c1bdba30 0a6b187c0969bbdb 10d05c02293f1cb3
    145231dcaecc3910 14eaeffa0e18e9fd 19816abad6b670d3 1e6d2c6f55dedef0 22445219a2ca7a9a
    24e00fdf4fe62158 29d48d718ad09795 2aefa0f29a90aa50 2d3a3c5d7bbfc049 2fb9190b77b81354
    32708022f7cc7fab 34b9e558bafbca91 34feae206ebc1837 35b6f0f36377c4f3 36c4e9e9b207b958
    3b5da00edd59c674 3d6193ca5eb05a40 3d83bb3272edf37e 3e3687a370c2d6ad 3f6f90475dfe98e4
    3fe8a6018f9e19b2 40bdc8abe55dca63 41f118c7a3ede6a2 420677e0d52bda86 433df7f52959ad15
    45afde4d32c5c190 497a7f04a9c8398f 4a48931e6479aa10 4c0305973b6991ea 4dd9203fdd3a9521
    52c5ce96506bb414 543d1aea5e47a77a 576c2fe2ddeeca8b 5ad9cba946dedafc 60a9e05b8aad8c5f
    6218f714e607e8c3 628170c9c05b7afc 62a9f609bf1eb00e 63a4e409d1338c61 641b3f813292a73e
    64422f0409a88a7a 648536724cd03eae 64e448ab8131eef4 6818a5dcba495d29 6c3a7d058ac514b7
    6cc051993300d531 6fc0818eb4f127ba 751c5b0623d72eb5 755df4b02eb82435 75cedfc45e0f63eb
    77d9201a78a112f3 79f3b250da14633e 7a77ca5b60140b4a 7ebd661d8bfa67f7 7efe824718e7b2c5
    82b4a611d0f86299 835151d9194ea650 85dd4cb0248e676a 8869ebd4feeb402d 8cd62b83bcd13de7
    9477a5edb1970859 94e2a568c71ce730 997958567b3560cd a1ff3250db43c9a7 a290319cd5c96939
    a4a65f5dd6d05344 a53dfff09663225e a65b3499cd739748 a943317a2ca50c8c ab3692e5b6b3a048
    ad619ee3db9a85e4 b55e3c90b0fbc9b6 b5fb8a6b784518c0 b7ae52885183bfe2 bd1d56edd8b4d4e9
    c2b1250f1d64732e c31aaac6d07a7744 c371f22dd7b8f95b c49b0cdb79546ba1 c4f79d7950cd8443
    c7b0c7b2a1b5c2f8 c8a751cf3a9eec0f cc2f71b88d79c18f cd18362d6f794f93 cf06bd6433967eb6
    d2d0a04a28445dc6 d3ccf5639adc8359 d5c6183f2387be5a ddddde4f823c64f1 e002fd6173dc83f0
    e057a5fdbd336ac5 e7772e56cb539e60 ec83a273f8f3c29e ed5743bd6cb3b0cf f0f114013cd25688
    f16c77b4e41b05de f2075a9b3b252ba6 f20ae109c419c2a1 f5e90d15585ba01a f894bfb44f7eef8f
    fc25f28c47adf0e4 fe5cb3cd96a79074 ffd52b4c956613cc
"""
GONE = frozenset(DIGESTS.split())


class Touched(NamedTuple):
    """What staff wrote, changed or deleted."""

    keys: frozenset[int]
    deleted: frozenset[str]


def touched_rows(apps: Any, alias: str) -> Touched:
    history = apps.get_model("admin", "LogEntry").objects.using(alias)
    seen = history.filter(content_type__app_label="contact", content_type__model="dangerphrase")
    entries = list(seen.values_list("object_id", "object_repr", "action_flag"))
    return Touched(
        frozenset(int(pk) for pk, _words, _flag in entries if str(pk).isdigit()),
        frozenset(words for _pk, words, flag in entries if flag == DELETION),
    )


def bring(apps: Any, schema_editor: Any, gone: frozenset[str] = GONE) -> None:
    alias = schema_editor.connection.alias
    phrases = apps.get_model("contact", "DangerPhrase").objects.using(alias)
    touched = touched_rows(apps, alias)
    with PATTERNS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    there = dict(phrases.exclude(pk__in=touched.keys).values_list("words", "pk"))
    replaced = [pk for words, pk in there.items() if digest(words) in gone]
    for batch in batches(replaced):
        phrases.filter(pk__in=batch).delete()
    update_points(phrases, rows, there)
    # Deleted rows are known by the start of their words, as the history keeps them.
    kept = set(phrases.values_list("words", flat=True))
    signs = phrases.filter(pk__in=touched.keys, kind="sign").values_list("words", flat=True)
    of_staff = {sign for words in signs for sign in words.split(", ")}
    phrases.bulk_create(
        (
            phrases.model(**{**columns(row), "words": words})
            for row in rows
            if (words := without(row, of_staff)) not in kept
            if words and row["words"][:200] not in touched.deleted
        ),
        batch_size=BATCH,
    )


def update_points(phrases: Any, rows: list[dict[str, str]], there: dict[str, int]) -> None:
    by_value: defaultdict[tuple[int, bool], list[int]] = defaultdict(list)
    for row in rows:
        if row["kind"] != "sign" and row["words"] in there:
            value = columns(row)
            by_value[value["points"], value["can_be_past"]].append(there[row["words"]])
    for (points, can_be_past), pks in by_value.items():
        for batch in batches(pks):
            found = phrases.filter(pk__in=batch)
            found.exclude(points=points, can_be_past=can_be_past).update(
                points=points, can_be_past=can_be_past
            )


def columns(row: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "language": row["language"],
        "can_be_past": row["can_be_past"] == "1",
        "points": int(row["points"] or CERTAIN),
    }


def without(row: dict[str, str], signs: set[str]) -> str:
    """Return the words of a row; of a row of signs those that staff did not weigh."""
    if row["kind"] != "sign":
        return row["words"]
    return ", ".join(sign for sign in row["words"].split(", ") if sign not in signs)


def batches(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


class Migration(migrations.Migration):
    dependencies = [("contact", "0057_key_marker")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
