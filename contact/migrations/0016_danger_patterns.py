"""Starter patterns that find danger as people write it, in place of the first literal phrases.

Rows that staff wrote or changed stay: what was changed reads otherwise than the first phrase, and
what was opened and saved again has an entry in the admin's history.
"""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import migrations

import contact

PATTERNS = Path(contact.__file__).with_name("migrations") / "danger_patterns.csv"
REPLACED = import_module("contact.migrations.0003_first_rules").PHRASES


def bring_patterns(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    phrases = apps.get_model("contact", "DangerPhrase").objects.using(alias)
    history = apps.get_model("admin", "LogEntry").objects.using(alias)
    seen = history.filter(content_type__app_label="contact", content_type__model="dangerphrase")
    touched = set(seen.values_list("object_id", flat=True))
    for language, words in REPLACED.items():
        untouched = phrases.filter(language=language, words__in=words, kind="any")
        keys = [pk for pk in untouched.values_list("pk", flat=True) if str(pk) not in touched]
        phrases.filter(pk__in=keys).delete()
    kept = set(phrases.values_list("words", flat=True))
    with PATTERNS.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["words"] not in kept]
    phrases.bulk_create(
        (
            phrases.model(
                words=row["words"],
                kind=row["kind"],
                language=row["language"],
                can_be_past=row["can_be_past"] == "1",
            )
            for row in rows
            # Signs come later, with their points.
            if row["kind"] != "sign"
        ),
        batch_size=200,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0015_kinds_of_danger"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(bring_patterns, migrations.RunPython.noop)]
