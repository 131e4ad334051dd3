"""A consistent copy of the database while the site runs, and its return.

SQLite copies by its own backup in one step, during which writers wait; PostgreSQL by pg_dump, which
reads one snapshot.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.db import connection, connections

from .manifest import BackupError

SQLITE_FILE, POSTGRES_FILE = "database.sqlite3", "database.dump"
# Seconds that a copy waits for writers.
PATIENCE = 30


def file_in(folder: Path) -> Path:
    """Where the copy of this kind of database lies in a backup."""
    return folder / (SQLITE_FILE if connection.vendor == "sqlite" else POSTGRES_FILE)


def copy_to(folder: Path) -> Path:
    if connection.vendor == "sqlite":
        target = folder / SQLITE_FILE
        _copy_sqlite(Path(connection.settings_dict["NAME"]), target)
    else:
        target = folder / POSTGRES_FILE
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


@contextlib.contextmanager
def opened_copy() -> Iterator[IO[bytes]]:
    """A copy that has no name anywhere, to be read once. Raise BackupError if it is not whole."""
    if connection.vendor == "sqlite":
        with _opened_sqlite_copy(Path(connection.settings_dict["NAME"])) as file:
            yield file
    else:
        with _opened_dump() as file:
            yield file


def require_readable(folder: Path) -> None:
    """Raise BackupError if the database does not open the copy."""
    if connection.vendor == "sqlite":
        with contextlib.closing(_opened(folder / SQLITE_FILE)) as copy:
            _require_sound(copy)
    else:
        _run("pg_restore", "--list", str(folder / POSTGRES_FILE))


def restore_database(folder: Path) -> None:
    """Put the copy in the place of the site's database. Nobody may be using it."""
    connections.close_all()
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        arriving = target.with_name(f".{target.name}.arriving")
        shutil.copyfile(folder / SQLITE_FILE, arriving)
        arriving.chmod(0o600)
        for name in (f"{target.name}-wal", f"{target.name}-shm", f"{target.name}-journal"):
            target.with_name(name).unlink(missing_ok=True)
        arriving.replace(target)
    else:
        _run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges",
            "--single-transaction", "--exit-on-error", f"--dbname={_name()}",
            str(folder / POSTGRES_FILE),
        )  # fmt: skip


def _copy_sqlite(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as copy:
        _copy_into(source, copy)


def _copy_into(source: Path, copy: sqlite3.Connection) -> None:
    try:
        with contextlib.closing(_opened(source)) as live:
            # In one step: page by page, every write of another process begins it anew.
            live.backup(copy, pages=-1, sleep=0.1)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not copy the database: {error}. Try again.") from error


def _require_sound(copy: sqlite3.Connection) -> None:
    try:
        (result,) = copy.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"SQLite cannot read the copy: {error}.") from error
    if result != "ok":
        raise BackupError(f"SQLite finds faults in the copy: {result}.")


@contextlib.contextmanager
def _opened_sqlite_copy(source: Path) -> Iterator[IO[bytes]]:
    """Open a copy beside the database, which is not sealed either, and unlink its name."""
    descriptor, name = tempfile.mkstemp(prefix=".copy.", dir=source.parent)
    with open(descriptor, "rb") as file:
        try:
            copy = sqlite3.connect(name)
            # It needs no second file and no repair after a crash.
            copy.execute("PRAGMA journal_mode = OFF")
        finally:
            Path(name).unlink()
        with contextlib.closing(copy):
            _copy_into(source, copy)
            _require_sound(copy)
        file.seek(0)
        yield file


@contextlib.contextmanager
def _opened_dump() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as said:
        command = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
        with subprocess.Popen(
            command, env=os.environ | _access(), stdout=subprocess.PIPE, stderr=said
        ) as dump:
            if dump.stdout is None:
                raise BackupError("pg_dump gives nothing.")
            yield dump.stdout
            dump.stdout.read()
        if dump.returncode:
            said.seek(0)
            raise BackupError(_failure("pg_dump", said.read().decode(errors="replace")))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True, timeout=PATIENCE)


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's client; the password stands in no list of processes."""
    command = [_program(program), *arguments]
    done = subprocess.run(
        command, env=os.environ | _access(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(_failure(program, done.stderr))


def _program(name: str) -> str:
    if found := shutil.which(name):
        return found
    raise BackupError(
        f"{name} is not installed. It comes with PostgreSQL's client (Debian: apt install"
        " postgresql-client), of the server's version or newer."
    )


def _failure(program: str, said: str) -> str:
    why = (said.strip().splitlines() or ["it ended without a word"])[-1]
    return f"{program} failed: {why}"


def _access() -> dict[str, str]:
    settings: dict[str, Any] = connection.settings_dict
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    access = {variable: str(settings[name]) for name, variable in names.items() if settings[name]}
    return access | {"PGDATABASE": _name()}


def _name() -> str:
    return str(connection.settings_dict["NAME"])
