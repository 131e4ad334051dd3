"""One number instead of a row for each change, and triggers that no migration holds."""

from typing import Any

from django.db import migrations, models


def remove_change_triggers(apps: Any, schema_editor: Any) -> None:
    """Those that an earlier release made in a migration; others are installed after `migrate`."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            removal = "DROP TRIGGER {}"
        else:
            query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            removal = "DROP FUNCTION {}() CASCADE"
        cursor.execute(query)
        names = [name for (name,) in cursor.fetchall() if name.startswith("change_")]
    for name in names:
        schema_editor.execute(removal.format(name))


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0004_editors_add_pages")]
    operations = [
        migrations.RunPython(remove_change_triggers, migrations.RunPython.noop),
        migrations.DeleteModel("Change"),
        migrations.CreateModel(
            name="ContentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("day", models.DateField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
