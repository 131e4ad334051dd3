from typing import Any

from django.db import migrations

# SQLite gets no guard against DELETE: Django's own `flush` empties tables that way there.
# The chain shows a deletion all the same.
GUARDS = {
    "sqlite": [
        """
        CREATE TRIGGER contact_auditentry_frozen BEFORE UPDATE ON contact_auditentry
        BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION contact_auditentry_frozen() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit entries never change'; END $$
        """,
        """
        CREATE TRIGGER contact_auditentry_frozen BEFORE UPDATE OR DELETE ON contact_auditentry
        FOR EACH ROW EXECUTE FUNCTION contact_auditentry_frozen()
        """,
    ],
}
REMOVAL = {
    "sqlite": ["DROP TRIGGER contact_auditentry_frozen"],
    "postgresql": ["DROP FUNCTION contact_auditentry_frozen() CASCADE"],
}


def add_guards(apps: Any, schema_editor: Any) -> None:
    for statement in GUARDS.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


def remove_guards(apps: Any, schema_editor: Any) -> None:
    for statement in REMOVAL.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("contact", "0001_initial")]
    operations = [migrations.RunPython(add_guards, remove_guards)]
