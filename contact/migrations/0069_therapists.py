"""Therapists in more words, in none of which anybody is hurt ("te-rape-uta")."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations

bring_rows = import_module("contact.migrations.0058_danger_weighed_by_kinds").bring


def bring(apps: Any, schema_editor: Any) -> None:
    bring_rows(apps, schema_editor, frozenset())


class Migration(migrations.Migration):
    dependencies = [("contact", "0068_danger_of_blind_lists")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
