"""Slang for quitting and injecting that reads like violence, and places where needles are found."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations

bring_rows = import_module("contact.migrations.0058_danger_weighed_by_kinds").bring


def bring(apps: Any, schema_editor: Any) -> None:
    bring_rows(apps, schema_editor, frozenset())


class Migration(migrations.Migration):
    dependencies = [("contact", "0071_near_misses_in_spanish")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
