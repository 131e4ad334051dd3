"""The process that compares meanings, started beside what measures or tests the search."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from recovery_site.search.meaning import client, passages
from tests.waiting import wait_until


def knows_pages() -> Any:
    """Tell it the pages; return an answer once it has one."""
    passages.tell_process()
    try:
        return client.ask_process({"query": "x"}, 10)
    except OSError:
        return None


@contextmanager
def search_by_meaning() -> Iterator[subprocess.Popen[bytes]]:
    """Run it in DATA_DIR, knowing the pages and waited for as long as it takes."""
    module, hurry = "recovery_site.search.meaning", client.QUERY_SECONDS
    with subprocess.Popen([sys.executable, "-m", module, str(client.model_folder())]) as child:
        try:
            wait_until(knows_pages)
            client.QUERY_SECONDS, client._asked_again_at = 10, 0
            yield child
        finally:
            client.QUERY_SECONDS = hurry
            child.terminate()
