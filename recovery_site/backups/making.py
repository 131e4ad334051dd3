"""Making, checking and forgetting backups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import DatabaseError

from contact.lifecycle.journal import journal_files
from contact.privacy import key_marker

from . import database_copy, heartbeat, sealed_copy
from .manifest import STAMP, BackupError, Manifest, backups_in, describe, digests_in

JOURNAL = "journal"
JOURNAL_FOLDERS = ("new", "done", "aside", "endings")


def make_backup(folder: Path, *, keep: int | None = None) -> Path:
    """Write a backup into `folder`, check it, and return its place. Raise BackupError.

    `keep`: how many whole backups stay, this one included.
    """
    require_own_keys()
    now = datetime.now(UTC)
    target = folder / now.strftime(STAMP)
    partial = folder / f".{target.name}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            raise BackupError(f"{target} is there already. Try again in a second.")
        partial.mkdir(mode=0o700)
        manifest = describe(now)
        # The database first: what arrives meanwhile is in the journal, which knows no doubles.
        _copy_database(partial)
        _copy_journal(partial / JOURNAL)
        manifest._replace(files=digests_in(partial)).write(partial)
        read_back(partial)
        _sync(partial)
        partial.rename(target)
        journal_files.sync(folder)
    except OSError as error:
        raise BackupError(f"The backup was not made: {error.strerror}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    heartbeat.note_backup(now)
    if keep:
        for old in backups_in(folder)[:-keep]:
            shutil.rmtree(old)
    return target


def _copy_database(target: Path) -> None:
    """Copy the database; of a copy to be sealed, no file that has a name is ever unsealed."""
    if not settings.BACKUP_PUBLIC_KEY:
        database_copy.copy_to(target)
        database_copy.require_readable(target)
        return
    with database_copy.opened_copy() as copy:
        sealed_copy.seal_to_file(copy, target / _sealed_name(target), settings.BACKUP_PUBLIC_KEY)


def require_own_keys() -> None:
    """Raise BackupError with keys that the database was not written with.

    The backup names its keys: with others nobody could open it, and it would push out good ones.
    """
    try:
        key_marker.require_known_keys()
    except key_marker.OtherKeys as error:
        raise BackupError(str(error)) from error
    except DatabaseError as error:
        raise BackupError("The backup was not made: the database does not answer.") from error


def read_back(folder: Path) -> Manifest:
    """Return the manifest of a backup whose bytes are as written. Raise BackupError."""
    manifest = Manifest.read(folder)
    manifest.check(folder)
    # Only `restore` has the key that shows whether a sealed copy opens.
    if not is_sealed(folder):
        database_copy.require_readable(folder)
    return manifest


def is_sealed(folder: Path) -> bool:
    return database_copy.file_in(folder).with_name(_sealed_name(folder)).is_file()


def _sealed_name(folder: Path) -> str:
    return database_copy.file_in(folder).name + sealed_copy.SEALED_SUFFIX


@contextmanager
def opened_backup(folder: Path, private_key: str) -> Iterator[Path]:
    """The folder in which the plain copy lies for as long as this lasts. Raises BackupError."""
    if not is_sealed(folder):
        yield folder
        return
    if not private_key:
        raise BackupError(f"{folder} is sealed: name the file of its private key with --key.")
    with TemporaryDirectory(dir=settings.DATA_DIR) as name:
        target = database_copy.file_in(Path(name))
        sealed_copy.open_file(folder / _sealed_name(folder), target, private_key)
        database_copy.require_readable(Path(name))
        yield Path(name)


def newest_in(folder: Path) -> Path:
    """`folder` itself if it is a backup, else the newest in it. Raise BackupError."""
    if (folder / "manifest.json").is_file():
        return folder
    if found := backups_in(folder):
        return found[-1]
    raise BackupError(f"There is no whole backup in {folder}.")


def _copy_journal(target: Path) -> None:
    """Copy the sealed entries, those that wait before those that were brought in."""
    target.mkdir(mode=0o700)
    source = Path(settings.DATA_DIR) / JOURNAL
    for name in JOURNAL_FOLDERS:
        if not (source / name).is_dir():
            continue
        (target / name).mkdir(mode=0o700)
        for _entry_id, path in journal_files.entries(source / name):
            try:
                content = path.read_bytes()
            except OSError:
                # Brought in meanwhile: it stands in the other folder, or in the database. Or it
                # cannot be read, as /readyz says: the others are worth a backup.
                continue
            (target / name / path.name).write_bytes(content)


def _sync(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        if path.is_dir():
            journal_files.sync(path)
        else:
            path.chmod(0o600)
            with path.open("rb") as file:
                os.fsync(file.fileno())
