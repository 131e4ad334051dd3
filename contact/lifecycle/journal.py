"""The journal: where a callback request is safe before the visitor is thanked.

`append` seals a request into a file of its own and returns once disk and folder have it;
it never touches the database. `drain` brings the files into the database, each exactly
once by its id, and keeps them in `done/` for 24 hours, so that `reconcile` can bring
back what a failover lost.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DataError, Error, IntegrityError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from contact.models import CallbackRequest
from contact.privacy.encryption import DecryptionError, keyed_hash, seal, unseal
from contact.records import references

from . import receiving

logger = logging.getLogger(__name__)

SUFFIX = ".sealed"
KEEP_SECONDS = 24 * 3600
RETRY_UNREADABLE_SECONDS = 60
ABANDONED_SECONDS = 3600
PAYLOAD_FIELDS = (
    "name",
    "phone",
    "extension",
    "phone_as_typed",
    "relationship",
    "needs",
    "message",
    "calling_for",
    "announce",
    "voicemail",
    "best_time",
    "time_zone",
    "language",
    "consent_version",
    "suspected_spam",
    "source",
)
# When each broken entry was last tried, so that one is logged once a minute, not at each round.
_tried: dict[uuid.UUID, float] = {}


class JournalEntry(NamedTuple):
    id: uuid.UUID
    reference: str


class UnreadableEntry(Exception):
    """An entry that can't become a request: sealed with a missing key, damaged, or unreadable."""


@sensitive_variables()
def append(payload: dict[str, Any], key: str, promised_by: datetime | None = None) -> JournalEntry:
    """Keep `payload` for good and return its entry; raise OSError if the disk refuses.

    The same words under the same idempotency key are the same entry, however often they come.
    `promised_by` is until when the visitor was told that we call; it is no part of the words.
    """
    entry_id = _id_for(payload, key)
    entry = JournalEntry(entry_id, references.reference_for(entry_id))
    new, done = _folder("new"), _folder("done")
    path = new / f"{entry_id}{SUFFIX}"
    if (done / path.name).exists():
        _sync(done)
        return entry
    times = {"created_at": timezone.now(), "promised_by": promised_by}
    told = {name: moment.isoformat() for name, moment in times.items() if moment}
    content = json.dumps(payload | told)
    _write(path, seal(content, _associated_data(entry_id)))
    _sync(new)
    return entry


def drain(stopping: Callable[[], bool] = lambda: False) -> int:
    """Bring every new entry into the database, oldest first; return how many came in.

    A database that can't answer ends the round with its error; the entries wait.
    """
    new, done = _folder("new"), _folder("done")
    count = 0
    for entry_id, path in _entries(new):
        if stopping():
            break
        if time.monotonic() - _tried.get(entry_id, float("-inf")) < RETRY_UNREADABLE_SECONDS:
            continue
        try:
            count += _bring_in(entry_id, path)
        except FileNotFoundError:
            continue
        except UnreadableEntry as problem:
            _tried[entry_id] = time.monotonic()
            logger.error("journal entry %s stays in the journal: %s", entry_id, problem)
            continue
        _tried.pop(entry_id, None)
        _move(path, done / path.name)
    return count


def reconcile() -> int:
    """Bring back kept entries whose row is gone; drop old ones whose row is there."""
    _remove_abandoned()
    oldest = time.time() - KEEP_SECONDS
    restored = 0
    for batch in itertools.batched(_entries(_folder("done")), 500):
        ids = [entry_id for entry_id, _path in batch]
        stored = set(CallbackRequest.objects.filter(pk__in=ids).values_list("pk", flat=True))
        restored += sum(
            _check_kept(entry_id, path, entry_id in stored, oldest) for entry_id, path in batch
        )
    return restored


def _check_kept(entry_id: uuid.UUID, path: Path, is_stored: bool, oldest: float) -> bool:
    """Bring a kept entry back if its row is gone, and say so; else drop it if it is old."""
    try:
        if is_stored:
            if path.stat().st_mtime < oldest:
                path.unlink()
            return False
        if _bring_in(entry_id, path):
            logger.warning("journal entry %s was brought back", entry_id)
            return True
    except FileNotFoundError:
        pass
    except UnreadableEntry as problem:
        logger.error("journal entry %s can't be brought back: %s", entry_id, problem)
    return False


def is_writable() -> bool:
    """Whether a request could be kept now: the folder takes files and hard links."""
    probe = f".{uuid.uuid4()}"
    try:
        folder = _folder("new")
        _write(folder / f"{probe}.probe", b"")
        (folder / f"{probe}.probe").unlink()
    except OSError:
        return False
    return True


def waiting() -> int:
    """How many entries are not in the database yet."""
    return len(_entries(_folder("new")))


def stuck() -> int:
    """How many of the waiting entries can't be opened with the present keys."""
    count = 0
    for entry_id, path in _entries(_folder("new")):
        try:
            _read(entry_id, path)
        except UnreadableEntry:
            count += 1
        except FileNotFoundError:
            continue
    return count


def sealed_entries() -> Iterator[bytes]:
    """The sealed bytes of every entry that is still kept."""
    for name in ("new", "done"):
        for _entry_id, path in _entries(_folder(name)):
            try:
                yield path.read_bytes()
            except FileNotFoundError:
                continue


def _id_for(payload: dict[str, Any], key: str) -> uuid.UUID:
    if not key:
        return uuid.uuid4()
    content = json.dumps([key, payload], sort_keys=True)
    return uuid.UUID(bytes=keyed_hash("journal entry", content)[:16], version=4)


def _associated_data(entry_id: uuid.UUID) -> str:
    return f"journal/{entry_id}"


def _bring_in(entry_id: uuid.UUID, path: Path) -> bool:
    """Insert the entry unless its row exists; say whether it did."""
    payload = _read(entry_id, path)
    try:
        with transaction.atomic():
            _insert(entry_id, payload)
    except IntegrityError as error:
        # Its row is there from an earlier round or another process, or the entry is at fault.
        if CallbackRequest.objects.filter(pk=entry_id).exists():
            return False
        raise UnreadableEntry(type(error).__name__) from None
    except Error as error:
        if isinstance(error, DataError):
            raise UnreadableEntry(type(error).__name__) from None
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableEntry(type(error).__name__) from None
    return True


@sensitive_variables()
def _insert(entry_id: uuid.UUID, payload: dict[str, Any]) -> None:
    promised = payload.get("promised_by")
    receiving.receive(
        CallbackRequest(
            pk=entry_id,
            reference=references.reference_for(entry_id),
            created_at=datetime.fromisoformat(payload["created_at"]),
            promised_by=datetime.fromisoformat(promised) if promised else None,
            **{name: payload[name] for name in PAYLOAD_FIELDS if name in payload},
        )
    )


@sensitive_variables()
def _read(entry_id: uuid.UUID, path: Path) -> dict[str, Any]:
    sealed = path.read_bytes()
    try:
        payload = json.loads(unseal(sealed, _associated_data(entry_id)))
    except (DecryptionError, ValueError) as error:
        # A key's id is worth logging; the text of other errors may quote the entry.
        reason = str(error) if isinstance(error, DecryptionError) else type(error).__name__
        raise UnreadableEntry(reason) from None
    return payload


def _entries(folder: Path) -> list[tuple[uuid.UUID, Path]]:
    """The entries of a folder, oldest first."""
    found = []
    with os.scandir(folder) as files:
        for file in files:
            if not file.name.endswith(SUFFIX):
                continue
            try:
                entry_id = uuid.UUID(file.name.removesuffix(SUFFIX))
                found.append((file.stat().st_mtime_ns, entry_id, Path(file.path)))
            except (ValueError, FileNotFoundError):
                continue
    return [(entry_id, path) for _age, entry_id, path in sorted(found)]


def _folder(name: str) -> Path:
    folder = Path(settings.DATA_DIR) / "journal" / name
    if not folder.is_dir():
        for part in (folder.parent, folder):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(part.parent)
    return folder


def _write(path: Path, content: bytes) -> None:
    """Make `path` hold `content`, whole or not at all; leave it if it is already there."""
    temporary = path.with_name(f".{uuid.uuid4()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _move(path: Path, target: Path) -> None:
    try:
        path.replace(target)
        os.utime(target)
    except FileNotFoundError:
        # Another drainer moved it; a row is there either way.
        return


def _remove_abandoned() -> None:
    """Delete what a killed `append` left behind: its visitor was never thanked."""
    oldest = time.time() - ABANDONED_SECONDS
    for path in _folder("new").glob(".*"):
        # Those of the others are gone as soon as they are linked.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
