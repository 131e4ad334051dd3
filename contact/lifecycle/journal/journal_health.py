"""Whether the journal takes requests, and how long they wait in it."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress

from . import journal_files

# More than the largest form that is accepted takes, sealed.
LARGEST_ENTRY_BYTES = 96 * 1024


def is_writable() -> bool:
    """Write and sync as much as the largest request takes, as `append` does."""
    path = None
    try:
        folder = journal_files.journal_folder("new")
        path = folder / f".{uuid.uuid4()}.probe"
        journal_files.write_file(path, os.urandom(LARGEST_ENTRY_BYTES))
        journal_files.sync(folder)
    except OSError:
        return False
    finally:
        with suppress(OSError):
            if path:
                path.unlink(missing_ok=True)
    return True


def longest_wait_seconds() -> float:
    """How long the oldest entry waits to be brought in; 0 if none waits."""
    waiting = journal_files.entries(journal_files.journal_folder("new"))
    if not waiting:
        return 0
    try:
        return max(0, time.time() - waiting[0][1].stat().st_mtime)
    except OSError:
        return 0
