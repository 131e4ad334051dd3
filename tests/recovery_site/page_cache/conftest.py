import pytest
from django.db import OperationalError, connections
from django.db.backends.utils import CursorWrapper

from recovery_site.database.databases import for_reading
from recovery_site.http.negotiation import FAST
from recovery_site.page_cache import cache as cache_module
from recovery_site.page_cache import handler, pages, snapshot
from recovery_site.page_cache.cache import PageCache
from recovery_site.page_cache.handler import PageCacheHandler
from recovery_site.page_cache.refresh import refresh
from tests.waiting import PATIENCE

from .visitor import Visitor


@pytest.fixture
def folder(data_dir):
    return data_dir / "pages"


@pytest.fixture
def cache(transactional_db, folder):
    """The cache of one process, which knows the database's version."""
    cache = PageCache(folder, "release-1")
    refresh(cache)
    return cache


@pytest.fixture
def visitor(cache):
    return Visitor(PageCacheHandler(cache))


@pytest.fixture
def restarted(folder):
    """The same site in another process of the same machine, or after a restart."""

    def restarted(release="release-1"):
        return Visitor(PageCacheHandler(PageCache(folder, release)))

    return restarted


@pytest.fixture
def other_process(visitor, restarted):
    return restarted()


@pytest.fixture
def replica(transactional_db, django_db_blocker):
    """Public pages are read through an alias of their own, as in production."""
    default = connections["default"].settings_dict
    plain = {**default, "OPTIONS": {}, "CONN_MAX_AGE": 0}
    connections.settings[snapshot.ALIAS] = for_reading(plain)
    connections.settings[snapshot.ALIAS]["CONN_MAX_AGE"] = 0
    replica = connections[snapshot.ALIAS]
    # Tests are kept from aliases that they do not name when they begin; this one comes and goes.
    replica.ensure_connection = django_db_blocker._real_ensure_connection.__get__(replica)
    yield replica
    replica.close()
    del connections[snapshot.ALIAS]
    del connections.settings[snapshot.ALIAS]


@pytest.fixture
def compressed_fast(monkeypatch):
    """How small Brotli makes a page is of no matter here, and takes most of the time."""
    monkeypatch.setattr(pages, "SMALL", FAST)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """What lasts for seconds lasts as long as a test of it, on a machine that stands still too."""
    for module, name in (
        (cache_module, "LOG_SECONDS"),
        (handler, "REST_SECONDS"),
        (handler, "WAIT_SECONDS"),
        (snapshot, "OPEN_SECONDS"),
    ):
        monkeypatch.setattr(module, name, PATIENCE)


@pytest.fixture(autouse=True)
def closed_circuit():
    """A database that failed in one test is asked again in the next."""
    snapshot.circuit.close()
    yield
    snapshot.circuit.close()


@pytest.fixture
def database_goes(visitor):
    """Call it, and every query fails from then on."""

    def fail(*args, **kwargs):
        raise OperationalError("the server went away")

    with pytest.MonkeyPatch.context() as patch:
        yield lambda: patch.setattr(CursorWrapper, "execute", fail)
