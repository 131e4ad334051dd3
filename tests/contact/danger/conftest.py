import pytest

from contact.models import DangerPhrase


@pytest.fixture(scope="session")
def rows(django_db_setup, django_db_blocker):
    """What a new site finds danger by: read once, for tests that ask the database nothing else."""
    with django_db_blocker.unblock():
        return DangerPhrase.objects.rows()
