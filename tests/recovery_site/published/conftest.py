import pytest
from django.db import OperationalError, connections
from django.db.backends.utils import CursorWrapper

from recovery_site.databases import for_reading
from recovery_site.published import reading
from recovery_site.published.application import Application
from recovery_site.published.store import Store

from .visitor import Visitor


@pytest.fixture
def folder(data_dir):
    return data_dir / "pages"


@pytest.fixture
def store(folder):
    return Store(folder, "build-1")


@pytest.fixture
def visitor(transactional_db, store):
    return Visitor(Application(store))


@pytest.fixture
def other_process(visitor, folder):
    """The same site in another process of the same machine."""
    return Visitor(Application(Store(folder, "build-1")))


@pytest.fixture
def replica(transactional_db, django_db_blocker):
    """Public pages are read through an alias of their own, as in production."""
    default = connections["default"].settings_dict
    plain = {**default, "OPTIONS": {}, "CONN_MAX_AGE": 0}
    connections.settings[reading.ALIAS] = for_reading(plain)
    connections.settings[reading.ALIAS]["CONN_MAX_AGE"] = 0
    replica = connections[reading.ALIAS]
    # Tests are kept from aliases that they do not name when they begin; this one comes and goes.
    replica.ensure_connection = django_db_blocker._real_ensure_connection.__get__(replica)
    yield replica
    replica.close()
    del connections[reading.ALIAS]
    del connections.settings[reading.ALIAS]


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    """A database that failed in one test does not rest in the next."""
    monkeypatch.setattr(reading._Rest, "until", 0.0)


@pytest.fixture
def database_goes(visitor):
    """Call it, and every query fails from then on."""

    def fail(*args, **kwargs):
        raise OperationalError("the server went away")

    with pytest.MonkeyPatch.context() as patch:
        yield lambda: patch.setattr(CursorWrapper, "execute", fail)
