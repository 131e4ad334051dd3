"""What a worker makes ready off its requests: at its start, and after each change of content.

To compile the patterns of danger takes a second, to read the words of editors a fifth of one.
Whoever asks sooner waits for it: nobody is answered by patterns before a change.
"""

from __future__ import annotations

import logging
from threading import Event

from django.db import connections

from contact.visitor.told import desk_snapshot
from recovery_site.page_cache.version import SharedVersion
from recovery_site.search import results

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5


def keep_prepared(version: SharedVersion | None, stop: Event) -> None:
    """Prepare forms and searches until `stop` is set; once, if no content version is shared."""
    number = -1
    while True:
        try:
            # It comes by a file, some seconds after the change.
            desk_snapshot.prepare_danger()
            current = version.number if version else 0
            if current != number:
                number = current
                results.prepare_search()
        except Exception as error:  # noqa: BLE001 - the request that needs it says what is wrong
            logger.error("a worker could not prepare (%s)", type(error).__name__)
        finally:
            connections.close_all()
        if version is None or stop.wait(LOOK_SECONDS):
            return
