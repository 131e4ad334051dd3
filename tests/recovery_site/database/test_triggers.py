import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from contact.models import AuditEntry, Helpline
from recovery_site.database import triggers
from recovery_site.models import ContentVersion
from recovery_site.page_cache.triggers import watched_tables
from tests.factories import make_article, make_helpline

pytestmark = pytest.mark.django_db(transaction=True)


def guarded_models():
    tables = {*watched_tables(), AuditEntry._meta.db_table}
    return [model for model in apps.get_models() if model._meta.db_table in tables]


def column(model, **options):
    field = models.CharField(default="", **options)
    field.set_attributes_from_name("added_later")
    field.model = model
    return field


@pytest.fixture
def migrations_of_every_guarded_table():
    """What ordinary migrations do: a field added, changed and dropped, on tables with rows."""
    make_article()
    make_helpline()
    for model in guarded_models():
        added = column(model, max_length=10)
        with connection.schema_editor() as editor:
            editor.add_field(model, added)
        with connection.schema_editor() as editor:
            editor.remove_field(model, added)
        for field in model._meta.local_fields:
            if isinstance(field, models.CharField):
                longer = field.clone()
                longer.max_length = 4000
                longer.set_attributes_from_name(field.name)
                longer.model = model
                with connection.schema_editor() as editor:
                    editor.alter_field(model, field, longer)
                with connection.schema_editor() as editor:
                    editor.alter_field(model, longer, field)


def test_ordinary_migrations_leave_every_trigger_in_place(migrations_of_every_guarded_table):
    call_command("migrate", verbosity=0)
    assert triggers.differing(connection) == []
    before = ContentVersion.current()
    Helpline.objects.update(name="Renamed")
    assert ContentVersion.current() > before


def test_a_trigger_that_is_missing_is_named():
    name = next(iter(triggers.installed(connection)))
    table = triggers.installed(connection)[name][0]
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")
    (warning,) = triggers.check_triggers(["default"])
    assert name in warning.msg
    assert "migrate" in warning.hint
    call_command("migrate", verbosity=0)
    assert triggers.check_triggers(["default"]) == []


def test_a_trigger_of_another_kind_is_replaced():
    wanted = triggers.installed(connection)
    name = next(name for name in wanted if name.startswith("audit_"))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON contact_auditentry BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
                "AS $$BEGIN RETURN NEW; END$$"
            )
    assert triggers.differing(connection) == [name]
    triggers.install(connection)
    assert triggers.installed(connection) == wanted
