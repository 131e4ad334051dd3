"""Stops and cancellations beside the database, so that an old copy of it forgets none of them.

    DATA_DIR/journal/endings/<request>.<when, in microseconds>.sealed

Each file says what was asked for, with a keyed hash; nothing personal stands in it. Once INDEX_KEY
has a new first key, each machine writes its files anew under it.
"""

from __future__ import annotations

import hmac
import json
import logging
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self

from django.db import transaction

from contact.privacy.audit_trail import audit
from contact.privacy.keys import IndexKey, Purpose, index_keys, keyed_hash

from . import journal_files

logger = logging.getLogger(__name__)

ENDINGS_FOLDER = "endings"
ENDING_KEPT = timedelta(days=30)
STOP, CANCEL = "stop", "cancel"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Ending(NamedTuple):
    """`by` is the key of an account, audit.VISITOR, or None for the system."""

    request: uuid.UUID
    at: datetime
    kind: str
    scope: str
    by: int | str | None

    @property
    def file_name(self) -> str:
        return f"{self.request}.{(self.at - EPOCH) // MICROSECOND}{journal_files.SUFFIX}"

    @property
    def content(self) -> bytes:
        text = json.dumps([self.kind, self.scope, self.by])
        return f"{text}\n{_seal(self.file_name, text)}\n".encode()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raise ValueError if the file is not as this site wrote it."""
        text, _newline, seal = path.read_text().rstrip("\n").partition("\n")
        seals = [_seal(path.name, text, key) for key in index_keys()]
        if not any(hmac.compare_digest(seal, each) for each in seals):
            raise ValueError("the ending was changed")
        request, stamp, _suffix = path.name.split(".")
        return cls(uuid.UUID(request), EPOCH + int(stamp) * MICROSECOND, *json.loads(text))


def note_ending(entry: audit.AuditEntry, kind: str, by: Any, scope: str = "") -> None:
    """Write the ending down once its entry is committed."""
    if entry.request_id is None:
        raise ValueError("An ending has a request.")
    author = getattr(by, "pk", by)
    ending = Ending(entry.request_id, entry.at, kind, scope, author)
    transaction.on_commit(partial(_write, ending), robust=True)


def forget_endings(requests: Collection[uuid.UUID]) -> None:
    """Delete the endings of requests that go on: they were opened again, or a stop was undone."""
    transaction.on_commit(partial(_delete, [*requests]), robust=True)


def paths() -> list[Path]:
    folder = journal_files.journal_folder(ENDINGS_FOLDER)
    return [path for _request, path in journal_files.entries(folder)]


def since(moment: datetime) -> Iterator[uuid.UUID]:
    """Yield the requests that ended after that moment, as far as this machine knows."""
    for path in paths():
        request, stamp, _suffix = path.name.split(".")
        if EPOCH + int(stamp) * MICROSECOND > moment:
            yield uuid.UUID(request)


def _write(ending: Ending) -> None:
    folder = journal_files.journal_folder(ENDINGS_FOLDER)
    try:
        journal_files.write_file(folder / ending.file_name, ending.content)
        journal_files.sync(folder)
    except OSError as error:
        # The database has it.
        logger.error("an ending is in the database alone (%s)", type(error).__name__)


def _delete(requests: Iterable[uuid.UUID]) -> None:
    folder = journal_files.journal_folder(ENDINGS_FOLDER)
    for request in requests:
        for path in folder.glob(f"{request}.*"):
            path.unlink(missing_ok=True)


def renew_all() -> None:
    """Let the newest key alone be needed for the files of this machine."""
    for path in paths():
        with suppress(OSError, ValueError):
            renew_ending(Ending.read(path), path)


def renew_ending(ending: Ending, path: Path) -> None:
    """Write the file anew unless the newest key made it."""
    if path.read_bytes() != ending.content:
        journal_files.replace_file(path, ending.content)


def _seal(file_name: str, text: str, key: IndexKey | None = None) -> str:
    value = f"{file_name}\n{text}"
    return keyed_hash(Purpose.ENDINGS, "ending of a request", value, key).hex()
