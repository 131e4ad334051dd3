"""Client-side query timeouts for PostgreSQL.

`statement_timeout` is the server's, and the kernel's timeouts run only while it gets no
acknowledgement. A server that hangs with its sockets open would hold every thread for ever.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from .databases import is_sqlite

# Short, since public pages have stale copies. The server's limit is shorter still: see
# `databases.for_reading`.
READING_SECONDS = 3.0
READERS_OPTION = "statement_timeout"


def set_query_timeout(seconds: float) -> None:
    """Let every wait for a PostgreSQL database end after `seconds`, in this process.

    The connection is closed then (psycopg2, "Coroutine support"), and OperationalError is raised.
    """
    if not all(is_sqlite(each) for each in settings.DATABASES.values()):
        # Only here: a process on SQLite needs no driver for PostgreSQL in its memory.
        from psycopg2 import extensions

        extensions.set_wait_callback(make_wait_callback(seconds))


def make_wait_callback(seconds: float) -> Callable[[Any], None]:
    """A callback by which psycopg2 waits for an answer, at most `seconds`."""
    from psycopg2 import OperationalError, extensions

    def wait(connection: Any) -> None:
        is_reader = READERS_OPTION in connection.dsn
        give_up_at = time.monotonic() + (READING_SECONDS if is_reader else seconds)
        poll = select.poll()
        while (state := connection.poll()) != extensions.POLL_OK:
            is_read = state == extensions.POLL_READ
            poll.register(connection.fileno(), select.POLLIN if is_read else select.POLLOUT)
            left = give_up_at - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise OperationalError("the database did not answer in time")

    return wait
