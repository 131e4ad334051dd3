"""The journal: a write-ahead log that keeps callback requests safe before any database.

`append` seals a request into a file of its own, syncs file and folder, and never touches the
database. `drain` inserts the files into the database, each exactly once by its id, and keeps
them in `done/` for 24 hours, so that `reconcile` can restore rows that a failover lost.
"""

from __future__ import annotations

import itertools
import json
import logging
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from contact.lifecycle import clock
from contact.models import CallbackRequest, DangerPhrase
from contact.privacy.keys import ShortLived, short_lived_hash
from contact.records.requests import references

from . import code_words, journal_aside, journal_files, storing
from .journal_reading import UnreadableEntry, problem_of, read_entry, sealed_entry

logger = logging.getLogger(__name__)

RETENTION_SECONDS = 24 * 3600
RETRY_UNREADABLE_SECONDS = 60
ABANDONED_SECONDS = 3600
# Short transactions: nobody else writes to SQLite meanwhile.
BATCH = 50
# When each unreadable entry was last tried: it is logged once a minute, not in each round.
_tried: dict[Path, float] = {}


class JournalEntry(NamedTuple):
    """`code_words` is the number of its pair, if it has one."""

    id: uuid.UUID
    reference: str
    code_words: int | None = None


@sensitive_variables()
def append(
    payload: dict[str, Any],
    key: str,
    promised_by: datetime | None = None,
    words_taken: Collection[int] | None = None,
    set_apart: str = "",
    *,
    delays_others: bool = True,
    entry_id: uuid.UUID | None = None,
) -> JournalEntry:
    """Store `payload` durably and return its entry; raise OSError if the disk refuses.

    The same payload under the same idempotency key is the same entry, however often it is sent.
    `promised_by`, the time by which the visitor was promised a call, does not count for that, nor
    do `set_apart` and `delays_others`, nor its code words: it has none unless it is known which
    are taken. `entry_id` is that of both, where it was asked for before.
    """
    entry_id = entry_id or id_for(payload, key)
    entry = JournalEntry(entry_id, references.reference_for(entry_id))
    new, done = journal_files.journal_folder("new"), journal_files.journal_folder("done")
    path = new / f"{entry_id}{journal_files.SUFFIX}"
    if (done / path.name).exists() and not problem_of(entry_id, done / path.name):
        journal_files.sync(done)
        return entry._replace(code_words=_stored_code_words(entry_id))
    number = None if words_taken is None else code_words.reserve(entry_id, words_taken)
    times = {"created_at": timezone.now(), "promised_by": promised_by}
    stamps = {name: moment.isoformat() for name, moment in times.items() if moment}
    marks = {"code_words": number, "set_apart": set_apart, "delays_others": delays_others}
    content = json.dumps(payload | stamps | marks)
    sealed = sealed_entry(content, entry_id)
    is_new = journal_files.write_file(path, sealed)
    if not is_new and (problem := problem_of(entry_id, path)):
        # This copy heals the one that is damaged.
        journal_aside.set_aside(entry_id, path, problem)
        is_new = journal_files.write_file(path, sealed)
    journal_files.sync(new)
    return entry._replace(code_words=number if is_new else _stored_code_words(entry_id))


def has_entry(entry_id: uuid.UUID) -> bool:
    """Return whether it was stored in the last 24 hours."""
    name = f"{entry_id}{journal_files.SUFFIX}"
    return any((journal_files.journal_folder(each) / name).exists() for each in ("new", "done"))


def drain(stopping: Callable[[], bool] = lambda: False) -> int:
    """Insert every new entry into the database, oldest first; return how many were inserted.

    Those of a batch share a transaction. A database error ends the round and is raised; the
    entries wait for the next one.
    """
    new, done = journal_files.journal_folder("new"), journal_files.journal_folder("done")
    count = 0
    aside = [each for each in journal_aside.entries_aside() if _is_to_try(each[1])]
    waiting = [each for each in journal_files.entries(new) if _is_to_try(each[1])] + aside
    # Most of an insert's time went into reading them: once for a round is often enough.
    phrases = DangerPhrase.objects.rows() if waiting else ()
    for batch in itertools.batched(waiting, BATCH):
        if stopping():
            break
        outcomes = storing.store_each(batch, phrases)
        for (entry_id, path), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, FileNotFoundError):
                continue
            if isinstance(outcome, UnreadableEntry):
                _put_aside(entry_id, path, outcome, (entry_id, path) in aside)
                continue
            count += outcome
            _tried.pop(path, None)
            journal_files.move(path, done / f"{entry_id}{journal_files.SUFFIX}")
    return count


def _put_aside(entry_id: uuid.UUID, path: Path, problem: UnreadableEntry, is_aside: bool) -> None:
    if is_aside and CallbackRequest.objects.filter(pk=entry_id).exists():
        journal_aside.forget_healed(entry_id)
    else:
        _tried[journal_aside.set_aside(entry_id, path, problem)] = time.monotonic()


def _is_to_try(path: Path) -> bool:
    return time.monotonic() - _tried.get(path, float("-inf")) >= RETRY_UNREADABLE_SECONDS


def store_now(entry: JournalEntry) -> None:
    """Insert one entry at once, as `drain` does. Raises a database error if that fails.

    The entry then waits in the journal for `drain`.
    """
    name = f"{entry.id}{journal_files.SUFFIX}"
    path = journal_files.journal_folder("new") / name
    # Another process may have drained it, or the same form was sent before.
    with suppress(FileNotFoundError):
        _store(entry.id, path)
        journal_files.move(path, journal_files.journal_folder("done") / name)


def reconcile() -> int:
    """Restore rows that are gone from drained entries; delete entries that are old or emptied."""
    _remove_abandoned()
    oldest = time.time() - RETENTION_SECONDS if clock.is_clock_trusted() else float("-inf")
    restored = 0
    for batch in itertools.batched(
        journal_files.entries(journal_files.journal_folder("done")), 500
    ):
        ids = [entry_id for entry_id, _path in batch]
        rows = CallbackRequest.objects.filter(pk__in=ids).values_list("pk", "purged_at")
        stored = dict(rows)
        journal_files.delete_entries(pk for pk, purged_at in stored.items() if purged_at)
        restored += sum(
            _restore_or_expire(entry_id, path, entry_id in stored, oldest)
            for entry_id, path in batch
        )
    return restored


def _restore_or_expire(entry_id: uuid.UUID, path: Path, is_stored: bool, oldest: float) -> bool:
    """Restore the row of a drained entry, or delete an old entry; return whether it restored."""
    try:
        if is_stored:
            if path.stat().st_mtime < oldest:
                path.unlink()
            return False
        if _store(entry_id, path):
            logger.warning("journal entry %s was brought back", entry_id)
            return True
    except FileNotFoundError:
        pass
    except UnreadableEntry as problem:
        journal_aside.set_aside(entry_id, path, problem)
    return False


def waiting_count() -> int:
    """Count the entries that are not in the database yet, without those that are set aside."""
    return len(journal_files.entries(journal_files.journal_folder("new")))


def sealed_entries() -> Iterator[bytes]:
    """Yield the sealed bytes of every entry in the journal."""
    for name in ("new", "done", journal_aside.ASIDE_FOLDER):
        for _entry_id, path in journal_files.entries(journal_files.journal_folder(name)):
            # Gone meanwhile, or one that /readyz names.
            with suppress(OSError):
                yield path.read_bytes()


def id_for(payload: dict[str, Any], key: str) -> uuid.UUID:
    """Return the same id for the same payload under the same key; a new one without a key."""
    if not key:
        return uuid.uuid4()
    content = json.dumps([key, payload], sort_keys=True)
    digest = short_lived_hash(ShortLived.FORMS, "journal entry", content)
    return uuid.UUID(bytes=digest[:16], version=4)


def _stored_code_words(entry_id: uuid.UUID) -> int | None:
    """Return the number of the pair that an entry was given when it was written."""
    for name in ("new", "done"):
        with suppress(FileNotFoundError, UnreadableEntry):
            path = journal_files.journal_folder(name) / f"{entry_id}{journal_files.SUFFIX}"
            number: int | None = read_entry(entry_id, path).get("code_words")
            return number
    # Who has no key to read it knows the pair by its reservation.
    return code_words.reserved_by(entry_id)


def _store(entry_id: uuid.UUID, path: Path) -> bool:
    """Insert the entry unless its row exists; return whether it was inserted."""
    (outcome,) = storing.store_each([(entry_id, path)])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _remove_abandoned() -> None:
    """Delete temporary files of killed processes, whose visitors were never thanked."""
    oldest = time.time() - ABANDONED_SECONDS
    for path in journal_files.journal_folder("new").glob(".*"):
        # Other processes' temporary files vanish once they are linked into place.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
