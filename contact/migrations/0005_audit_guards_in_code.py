"""The audit trail's guard is installed after every `migrate`; the one of step 0002 goes."""

from typing import Any

from django.db import migrations


def remove_guard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS contact_auditentry_frozen")
    else:
        schema_editor.execute("DROP FUNCTION IF EXISTS contact_auditentry_frozen() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("contact", "0004_newest_and_overdue")]
    operations = [migrations.RunPython(remove_guard, migrations.RunPython.noop)]
