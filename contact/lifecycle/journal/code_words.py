"""Code words of open requests, each pair given to one of them, without asking the database.

A pair is reserved by a symbolic link that is named for its number and points to the id of the
journal entry: it is made in one step, whole or not at all. Pairs that other machines gave are
known from the desk snapshot. Two machines that give the same pair within seconds are found when the
second entry is drained: it then has none.
"""

from __future__ import annotations

import errno
import itertools
import logging
import time
import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from contact.models import CallbackRequest
from contact.records.requests.code_words import code_word_pairs

from . import journal_files

logger = logging.getLogger(__name__)

# Younger reservations may belong to an entry that is being written.
RESERVED_SECONDS = 3600


def reserve(entry_id: uuid.UUID, taken: Collection[int]) -> int | None:
    """Return the number of the entry's pair, the same each time; None if it can have none.

    `taken` are the numbers of all open requests. Never raises: no request may fail for its words.
    """
    try:
        folder = journal_files.journal_folder("words")
        for number in code_word_pairs(entry_id):
            path, owner = folder / str(number), _owner(folder / str(number))
            if owner == str(entry_id):
                return number
            if owner is None and number not in taken and _reserve(path, str(entry_id)):
                return number
    except OSError as error:
        logger.error("no code words can be reserved (%s)", type(error).__name__)
    return None


def reserved_by(entry_id: uuid.UUID) -> int | None:
    """Return the number of the pair that is reserved for the entry, if one is."""
    with suppress(OSError):
        folder = journal_files.journal_folder("words")
        for number in code_word_pairs(entry_id):
            if _owner(folder / str(number)) == str(entry_id):
                return number
    return None


def release_taken() -> None:
    """Free the pairs of requests that are neither in the journal nor open."""
    folder, oldest = journal_files.journal_folder("words"), time.time() - RESERVED_SECONDS
    waiting = {
        entry_id
        for name in ("new", "done", "aside")
        for entry_id, _path in journal_files.entries(journal_files.journal_folder(name))
    }
    old = [path for path in folder.iterdir() if _changed_at(path) < oldest]
    for batch in itertools.batched(old, 500):
        owners = {path: _entry_id(path) for path in batch}
        ids = {owner for owner in owners.values() if owner}
        still_open = CallbackRequest.objects.open().filter(pk__in=ids)
        kept = waiting | set(still_open.values_list("pk", flat=True))
        for path, owner in owners.items():
            if owner not in kept:
                path.unlink(missing_ok=True)


def drop_if_taken(request: CallbackRequest) -> None:
    """Take the words from a request about to be open if another open one has the same."""
    if request.code_words is None:
        return
    same = CallbackRequest.objects.open().filter(code_words=request.code_words)
    if same.exclude(pk=request.pk).exists():
        request.code_words = None


def drop_all_taken(requests: Sequence[CallbackRequest]) -> None:
    """Do so for new requests in one query; of two with the same words, the first keeps them."""
    numbers = {request.code_words for request in requests} - {None}
    same = CallbackRequest.objects.open().filter(code_words__in=numbers)
    taken = set(same.values_list("code_words", flat=True)) if numbers else set()
    for request in requests:
        if request.code_words in taken:
            request.code_words = None
        taken.add(request.code_words)


def _reserve(path: Path, owner: str) -> bool:
    try:
        path.symlink_to(owner)
    except FileExistsError:
        return _owner(path) == owner
    return True


def _owner(path: Path) -> str | None:
    """Return whose pair it is. A release before wrote files."""
    try:
        return str(path.readlink())
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    with suppress(FileNotFoundError):
        return path.read_text()
    return None


def _entry_id(path: Path) -> uuid.UUID | None:
    with suppress(ValueError):
        return uuid.UUID(_owner(path) or "")
    return None


def _changed_at(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return time.time()
