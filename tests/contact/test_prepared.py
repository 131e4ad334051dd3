"""Statements that a database plans once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact.models import Desk
from contact.records.prepared import prepared

SQL = 'SELECT %s + "target_minutes" FROM "contact_desk" WHERE "id" = %s'


def asked():
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        cursor.execute(*prepared(SQL, [5, 1], lambda value: value == 5))
        found = cursor.fetchone()[0]
    return found, len(queries)


@pytest.mark.django_db
def test_a_statement_is_prepared_once_for_a_connection():
    wanted = Desk.current().target_minutes + 5
    assert asked()[0] == wanted
    assert asked() == (wanted, 1)
