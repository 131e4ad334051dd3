"""Signs of danger with their points, points for the starter patterns, and other ordinary words.

Rows that staff wrote, changed or deleted stay as they left them: what was saved in the admin has
an entry in its history, and of the patterns none is brought back.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from importlib import import_module
from typing import Any

from django.db import migrations

PATTERNS = import_module("contact.migrations.0016_danger_patterns").PATTERNS
BATCH = 200
# The first lists of ordinary words, which were taken from elsewhere, by the start of their SHA-256.
REPLACED = {
    "e5eecaab0fe35f35",
    "9b79cb5aea347f29",
    "4f396c103ca3dcdb",
    "1a5653b30cd4d85b",
    "cc80bce9e24c7c1f",
    "de0c045f1f20cd82",
    "906006091c161a75",
    "3f4f109f2b6e5c45",
    "042cac30948eaa47",
    "4cf5b1e2906fa7ac",
    "2368811bd64cfb7a",
    "c4c15e7ca2df1d5b",
    "bbb7892be41dbaa9",
    "5ad8b88f55b9f6a8",
    "60413733fda24f5b",
    "f2e66738898dcfb6",
    "d1de1d23f9a2e57d",
    "c365df6c51cca99b",
    "19a4060d12ef325c",
    "1e8e5995b2cff386",
    "4a49c667299f2461",
    "15479fca9fee7c21",
    "3ef4f3cbd30e8865",
    "b60e7dbef5e8490b",
    "a5546fa462472702",
    "b3deacf68d4acfcb",
    "68cabe31565aca71",
    "9694f5c914a4a0d0",
    "363d18c8c540bc54",
    "ba62c8382170bae7",
    "97c7e3c05558aada",
    "6cdfed77eea57d23",
    "ad05b5d0a3e90851",
    "f230d4c927c5406e",
}


def bring_signs(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    phrases = apps.get_model("contact", "DangerPhrase").objects.using(alias)
    history = apps.get_model("admin", "LogEntry").objects.using(alias)
    seen = history.filter(content_type__app_label="contact", content_type__model="dangerphrase")
    touched = {int(pk) for pk in seen.values_list("object_id", flat=True) if str(pk).isdigit()}
    ordinary = phrases.filter(kind="ordinary").exclude(pk__in=touched)
    replaced = [
        pk for pk, words in ordinary.values_list("pk", "words") if digest(words) in REPLACED
    ]
    phrases.filter(pk__in=replaced).delete()
    with PATTERNS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = dict(phrases.exclude(pk__in=touched).values_list("words", "pk"))
    by_points = defaultdict(list)
    for row in rows:
        if row["points"] and row["words"] in keys:
            by_points[int(row["points"])].append(keys[row["words"]])
    for points, pks in by_points.items():
        for start in range(0, len(pks), BATCH):
            phrases.filter(pk__in=pks[start : start + BATCH]).update(points=points)
    there = set(phrases.values_list("words", flat=True))
    phrases.bulk_create(
        (
            phrases.model(
                words=row["words"],
                kind=row["kind"],
                language=row["language"],
                points=int(row["points"] or 200),
            )
            for row in rows
            if row["kind"] in ("sign", "ordinary") and row["words"] not in there
        ),
        batch_size=BATCH,
    )


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


class Migration(migrations.Migration):
    dependencies = [("contact", "0032_points_of_danger")]

    operations = [migrations.RunPython(bring_signs, migrations.RunPython.noop)]
