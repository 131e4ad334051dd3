"""Bringing the newest backup back into a scratch place, to know that it can be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from . import heartbeat, making
from .manifest import BackupError


def try_restore(folder: Path, key: Path | None = None) -> Path:
    """Restore the newest backup of `folder` elsewhere and drop it; return it. Raise BackupError.

    `restore` itself does it, in a process whose data folder and database are of no other use.
    """
    backup = making.newest_in(folder)
    if making.is_sealed(backup) and key is None:
        raise BackupError(f"{backup} is sealed: name the file of its private key with --key.")
    command = [sys.executable, "manage.py", "restore", str(backup.resolve())]
    command += ["--key", str(key.resolve())] if key else []
    with (
        TemporaryDirectory(prefix=".trial.", dir=settings.DATA_DIR) as data,
        _scratch_database() as url,
    ):
        own = {"DATA_DIR": data, "DATABASE_URL": url, "DATABASE_REPLICA_URL": "", "CACHE_URL": ""}
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=os.environ | own, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    if done.returncode:
        why = done.stderr.strip().splitlines() or ["it ended without a word"]
        raise BackupError(f"{backup} does not come back: {' '.join(why[-2:])}")
    heartbeat.LastTime(heartbeat.Duty.TRIAL, timezone.now()).write()
    return backup


@contextmanager
def _scratch_database() -> Iterator[str]:
    """The address of an empty database; none for SQLite, whose file lies in the data folder."""
    if connection.vendor == "sqlite":
        yield ""
        return
    name = f"{connection.settings_dict['NAME']}_trial"
    quoted = connection.ops.quote_name(name)
    # Of one that was killed.
    drop = f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"
    try:
        with connection._nodb_cursor() as cursor:
            cursor.execute(drop)
            cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'")
    except DatabaseError as error:
        raise BackupError(
            f"The scratch database {name} cannot be made ({type(error).__name__}). Its account"
            f" needs that right once: ALTER ROLE {connection.settings_dict['USER']} CREATEDB."
        ) from error
    try:
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(drop)
