"""The database that tests start from."""

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from contact.models import DangerPhrase
from recovery_site.database import triggers
from tests import prepared
from tests.factories import make_request, make_staff


@pytest.mark.django_db
def test_it_has_every_migration_and_trigger():
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert triggers.differing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_undone_after_it():
    def rows():
        with connection.cursor() as cursor:
            found = {}
            for name in connection.introspection.table_names():
                cursor.execute(f'SELECT * FROM "{name}"')
                found[name] = set(cursor.fetchall())
        return found

    before = rows()
    make_request()
    make_staff("Intake")
    DangerPhrase.objects.filter(language="es").delete()
    DangerPhrase.objects.update(points=7)
    assert rows() != before
    prepared.restore_test_database()
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_needs_no_undoing():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's whole file is put back")
    prepared.restore_test_database()
    before = prepared.marks_of_tables()
    with transaction.atomic():
        make_request()
        transaction.set_rollback(True)
    assert prepared.marks_of_tables() == before
    make_request()
    assert prepared.marks_of_tables() != before
