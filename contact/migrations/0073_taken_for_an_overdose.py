"""Who takes what they see for an overdose or a seizure says so in Spanish, too."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations

bring_rows = import_module("contact.migrations.0058_danger_weighed_by_kinds").bring


def bring(apps: Any, schema_editor: Any) -> None:
    bring_rows(apps, schema_editor, frozenset())


class Migration(migrations.Migration):
    dependencies = [("contact", "0072_slang_of_quitting")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
