"""Take over the database's content version as the one that this machine's processes share."""

from __future__ import annotations

import time
from threading import Event

from django.db import Error, close_old_connections, connections

from recovery_site.site_map.public_paths import public_paths

from ..models import ContentVersion
from . import snapshot
from .cache import PageCache

# Twice a second: other machines must show a change within one second.
EVERY_SECONDS = 0.5
WAIT_FOR_REPLICA_SECONDS = 1.0
UNREADABLE = "the content version cannot be read (%s), will try again"


def refresh(cache: PageCache) -> bool:
    """Take over the version of the database; return whether it was another one.

    Raises DatabaseError if the database does not answer, OSError if the folder is gone.
    """
    alias = snapshot.alias()
    if cache.has_adopted(ContentVersion.current(alias)):
        cache.show()
        return False
    with cache.version.locked():
        number = ContentVersion.current(alias)
        if cache.has_adopted(number):
            return False
        # Addresses are read after the number, so a page withdrawn meanwhile is not among them.
        cache.adopt(number, public_paths(alias))
    return True


def refresh_own(cache: PageCache) -> None:
    """Take over this process's own change once the database that pages are read from has it."""
    give_up_at = time.monotonic() + WAIT_FOR_REPLICA_SECONDS
    try:
        newest = ContentVersion.current()
        refresh(cache)
        while cache.version.number < newest and time.monotonic() < give_up_at:
            time.sleep(0.02)
            refresh(cache)
    except (Error, OSError) as error:
        cache.log(UNREADABLE, type(error).__name__)


def watch_version(cache: PageCache, stop: Event) -> None:
    """Take over the changes of all machines until `stop` is set."""
    while not stop.wait(EVERY_SECONDS):
        try:
            close_old_connections()
            refresh(cache)
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            cache.log(UNREADABLE, type(error).__name__)
    connections.close_all()
