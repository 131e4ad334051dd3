"""A migrated database, and a site's data: made once for all tests, kept while no code changes.

To migrate takes 5 CPU seconds of each worker, each stage and each site that a test starts.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

import psycopg2
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache" / "prepared"
DAY = 24 * 3600
SITE = "site.sqlite3"
# PostgreSQL's tables as `restore_test_database` left them.
restored: dict[str, tuple[int, int]] = {}


@contextmanager
def preparing() -> Iterator[Path]:
    """The folder of what was made from this code; nobody else makes anything meanwhile."""
    folder = KEPT / fingerprint()
    folder.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def put_site(data: Path) -> None:
    """Give a site with this DATA_DIR the database that its first start would make."""
    with preparing() as folder:
        shutil.copy(filled(folder), data / SITE)


def put_test_database() -> None:
    """Connect to a fresh database, as `migrate` leaves it."""
    name = connection.creation._get_test_db_name()
    connection.close()
    with preparing() as folder:
        if connection.vendor == "sqlite":
            shutil.copy(migrated(folder), name)
        else:
            copy_on_postgres(f"migrated_{folder.name}", name)
    connection.settings_dict["NAME"] = name


def drop_test_database() -> None:
    """SQLite's goes with the folder it lies in."""
    connection.close()
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{connection.settings_dict["NAME"]}" WITH (FORCE)')


def restore_test_database() -> None:
    """Undo what a test committed: nobody after it sees the difference.

    Django would empty all tables instead, which takes PostgreSQL a quarter of a CPU second.
    """
    if connection.vendor == "sqlite" or not is_superuser():
        drop_test_database()
        put_test_database()
        return
    changed = [name for name, mark in marks_of_tables().items() if mark != restored.get(name)]
    with connection.cursor() as cursor:
        # No trigger and no foreign key minds the order.
        cursor.execute("SET session_replication_role = replica")
        for name in changed:
            cursor.execute(f'DELETE FROM "{name}"')
            cursor.execute(f'INSERT INTO "{name}" SELECT * FROM kept."{name}"')
        cursor.execute("SET session_replication_role = origin")
    restored.update(marks_of_tables())


def is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return cursor.fetchone() == ("on",)


def marks_of_tables() -> dict[str, tuple[int, int]]:
    """Differs for a table once a row was added, changed or deleted: PostgreSQL numbers writers."""
    marks = " UNION ALL ".join(
        f"SELECT '{name}', count(*), sum(xmin::text::bigint) FROM \"{name}\"" for name in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(marks)
        return {name: (rows, writers) for name, rows, writers in cursor.fetchall()}


@cache
def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")
        return [name for (name,) in cursor.fetchall()]


def copy_on_postgres(template: str, name: str) -> None:
    """Each server has a template of its own, which stays there."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'migrated_%%'")
        there = {found for (found,) in cursor.fetchall()}
        if template not in there:
            for old in there:
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{template}_unfinished"')
            manage("migrate", "-v0", DATABASE_URL=url_of(f"{template}_unfinished"))
            keep_rows(f"{template}_unfinished")
            cursor.execute(f'ALTER DATABASE "{template}_unfinished" RENAME TO "{template}"')
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def keep_rows(name: str) -> None:
    """Copy each table into a schema beside, for `restore_test_database`."""
    with closing(psycopg2.connect(url_of(name))) as link, link, link.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchall()
        cursor.execute("CREATE SCHEMA kept")
        for (table,) in tables:
            cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')


def url_of(name: str) -> str:
    """The address of another database of this server."""
    given = os.environ["TEST_SITE_DATABASE_URL"]
    server, _slash, rest = given.rpartition("/")
    _name, mark, options = rest.partition("?")
    return f"{server}/{name}{mark}{options}"


@cache
def fingerprint() -> str:
    """Changes with all code that a migration or the first content may come from."""
    digest = hashlib.sha256(version("django").encode())
    for app in ("articles", "contact", "faq", "recovery_site"):
        for path in sorted((ROOT / app).rglob("*")):
            if path.is_file() and not {"__pycache__", "static"} & {*path.parts}:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    for path in (Path(__file__), Path(__file__).with_name("site_settings.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def migrated(folder: Path) -> Path:
    file = folder / "migrated.sqlite3"
    if not file.exists():
        drop_old()
        make(file, "migrate", "-v0")
    return file


def filled(folder: Path) -> Path:
    file = folder / "filled.sqlite3"
    if not file.exists():
        make(file, "load_starter_content", onto=migrated(folder))
    return file


def make(file: Path, *command: str, onto: Path | None = None) -> None:
    """All of the file, or nothing: whoever is ended meanwhile leaves no such name behind."""
    with tempfile.TemporaryDirectory(dir=file.parent) as data:
        unfinished = Path(data) / SITE
        if onto:
            shutil.copy(onto, unfinished)
        manage(*command, DATABASE_URL="", DATA_DIR=data)
        unfinished.rename(file)


def manage(*command: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.site_settings"} | environment,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def drop_old() -> None:
    for folder in KEPT.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - DAY:
            shutil.rmtree(folder)
