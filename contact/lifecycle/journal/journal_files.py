"""Files of the journal: whole or absent, synced to disk, listed by age."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

SUFFIX = ".sealed"


def entries(folder: Path) -> list[tuple[uuid.UUID, Path]]:
    """List the entries of a folder, oldest first."""
    found = []
    with os.scandir(folder) as files:
        for file in files:
            if not file.name.endswith(SUFFIX):
                continue
            try:
                entry_id = uuid.UUID(file.name.partition(".")[0])
                found.append((_age(file), entry_id, Path(file.path)))
            except (ValueError, FileNotFoundError):
                continue
    return [(entry_id, path) for _age, entry_id, path in sorted(found)]


def _age(file: os.DirEntry[str]) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        raise
    except OSError:
        # It cannot be read either, which its reader says.
        return 0


def are_shared() -> bool:
    """Whether public and staff processes of two accounts, with one group, work on the files."""
    return bool(settings.ROLE != "all")


def file_mode() -> int:
    return 0o660 if are_shared() else 0o600


# Each form that is sent asks for it six times.
@lru_cache(maxsize=16)
def _folder_of(data: str | Path, name: str) -> Path:
    return Path(data) / "journal" / name


def journal_folder(name: str) -> Path:
    folder = _folder_of(settings.DATA_DIR, name)
    if not folder.is_dir():
        for part in (folder.parent, folder):
            part.mkdir(mode=0o770 if are_shared() else 0o700, parents=True, exist_ok=True)
            sync(part.parent)
    return folder


def write_file(path: Path, content: bytes) -> bool:
    """Write `content` to `path`, whole or not at all; leave a file that is already there.

    Return whether it was written.
    """
    temporary = path.parent / f".{uuid.uuid4()}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file_mode())
    try:
        try:
            while content:
                content = content[os.write(descriptor, content) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in place of what the file holds, if it is still there."""
    temporary = path.with_name(f".{uuid.uuid4()}")
    if write_file(temporary, content):
        if path.exists():
            temporary.replace(path)
            sync(path.parent)
        temporary.unlink(missing_ok=True)


def move(path: Path, target: Path) -> None:
    try:
        # First: under its old time, a crash between the two would let it go at once.
        os.utime(path)
        path.replace(target)
    except FileNotFoundError:
        # Another drainer moved it after its row was inserted.
        return


def delete_entries(entry_ids: Iterable[uuid.UUID]) -> None:
    """Delete this machine's copies of drained entries."""
    folders = [journal_folder(name) for name in ("done", "aside", "endings")]
    for entry_id in entry_ids:
        for folder in folders:
            for path in folder.glob(f"{entry_id}.*"):
                path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
