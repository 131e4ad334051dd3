"""Entries that could not become requests: set aside under a name that says why, and tried again.

    DATA_DIR/journal/aside/<id>.<reason>.sealed

Its place in `new/` is free then, so that a second copy of the same entry comes in.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress
from pathlib import Path

from . import journal_files
from .journal_reading import UnreadableEntry

logger = logging.getLogger(__name__)

ASIDE_FOLDER = "aside"


def entries_aside() -> list[tuple[uuid.UUID, Path]]:
    return journal_files.entries(journal_files.journal_folder(ASIDE_FOLDER))


def set_aside(entry_id: uuid.UUID, path: Path, problem: UnreadableEntry) -> Path:
    """Move the entry out of the way, log it, and return where it is now."""
    logger.error("journal entry %s cannot be brought in: %s", entry_id, problem)
    folder = journal_files.journal_folder(ASIDE_FOLDER)
    target = folder / f"{entry_id}.{problem.reason}{journal_files.SUFFIX}"
    if path == target:
        return path
    try:
        path.replace(target)
        journal_files.sync(folder)
        journal_files.sync(path.parent)
    except OSError as error:
        logger.error("journal entry %s cannot be moved (%s)", entry_id, type(error).__name__)
        return path
    return target


def forget_healed(entry_id: uuid.UUID) -> None:
    """Delete what was set aside of an entry that came in by another copy."""
    for path in journal_files.journal_folder(ASIDE_FOLDER).glob(f"{entry_id}.*"):
        # One that cannot be deleted stays named, and keeps nothing out.
        with suppress(OSError):
            path.unlink(missing_ok=True)
            logger.warning("journal entry %s came in by another copy", entry_id)


def names_aside() -> list[str]:
    """Name each entry that is set aside, with the reason."""
    return [
        f"{entry_id} ({path.name.removesuffix(journal_files.SUFFIX).partition('.')[2]})"
        for entry_id, path in entries_aside()
    ]
