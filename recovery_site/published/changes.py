"""From what the database says has changed to the counters that pages depend on.

Triggers write a Change in the transaction that changes what visitors read (migration
0003_change_triggers), so no way of writing can forget it, and ids follow the order of commits.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from threading import Event

from django.db import Error, close_old_connections, connections
from django.db.models import Max
from django.utils import timezone

from ..models import Change
from . import reading
from .store import Store

logger = logging.getLogger(__name__)

# Twice a second: other machines must show a change within one second.
EVERY_SECONDS = 0.5
# More than so many at once, and making every page anew is the smaller work.
MOST = 2000
WAIT_FOR_REPLICA_SECONDS = 1.0
KEPT_FOR = timedelta(days=1)


def count_new(store: Store) -> int:
    """Count what changed since the last look; how many changes there were.

    Raises DatabaseError if the database does not answer.
    """
    generations = store.generations
    changes = Change.objects.using(reading.alias()).order_by("id")
    last = generations.last
    # With the last one itself: where it is missing, rows were removed or a failover lost some.
    rows = list(changes.filter(id__gte=last).values_list("id", "tag")[: MOST + 1])
    if [last] == [row[0] for row in rows] or (not rows and not last):
        return 0
    has_gap = not rows or (rows[0][0] != last and last != 0)
    with generations.locked():
        if generations.last != last:
            # Another process counted them meanwhile.
            return 0
        if has_gap or len(rows) > MOST or not last:
            newest = changes.aggregate(newest=Max("id"))["newest"] or 0
            generations.count_everything(newest, store.front.clear)
        else:
            tags = {tag for number, tag in rows if number > last}
            generations.count(tags, rows[-1][0], store.front.drop)
    return len(rows)


def count_own(store: Store) -> None:
    """Count what this process just wrote, once the database that pages are read from has it."""
    give_up_at = time.monotonic() + WAIT_FOR_REPLICA_SECONDS
    try:
        newest = Change.objects.aggregate(newest=Max("id"))["newest"] or 0
        count_new(store)
        while store.generations.last < newest and time.monotonic() < give_up_at:
            time.sleep(0.02)
            count_new(store)
    except (Error, OSError) as error:
        store.log("changes cannot be read (%s), will try again", type(error).__name__)


def watch(store: Store, stop: Event) -> None:
    """Count what changes, on this machine or another, until `stop` is set."""
    while not stop.wait(EVERY_SECONDS):
        try:
            close_old_connections()
            count_new(store)
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            store.log("changes cannot be read (%s), will try again", type(error).__name__)
    connections.close_all()


def prune() -> int:
    """Remove old changes; the newest stays, for it tells where counting stands."""
    newest = Change.objects.aggregate(newest=Max("id"))["newest"] or 0
    old = Change.objects.filter(id__lt=newest, at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]
