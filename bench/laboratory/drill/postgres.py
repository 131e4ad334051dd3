"""A PostgreSQL primary and a standby that follows it by streaming replication."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import psycopg2

from bench.laboratory.drill.processes import kill, run, start, wait_until
from bench.laboratory.servers import free_port
from tests.postgres import binaries, unprivileged

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "wal_keep_size": "256MB",
    "max_connections": "100",
    # Otherwise queries on the standby would hold up replication.
    "hot_standby_feedback": "on",
}


def programs() -> Path:
    """The folder of all PostgreSQL programs. Raises NoPostgres."""
    return (binaries() / "postgres").resolve().parent


class Server:
    """One PostgreSQL in a folder of its own."""

    def __init__(self, home: Path, name: str) -> None:
        self.name, self.port = name, free_port()
        self.folder, self.sockets = home / name, home
        self.log = home / f"{name}.log"
        self.bin, self.user = programs(), unprivileged()
        self.process: subprocess.Popen[bytes] | None = None

    def as_user(self) -> dict[str, Any]:
        return {"user": self.user, "cwd": "/"} if self.user else {"cwd": "/"}

    def create(self) -> None:
        """A fresh primary."""
        command: list[str | Path] = ["-D", self.folder, "-U", "site", "-A", "trust", "-E", "UTF8"]
        run([self.bin / "initdb", *command], **self.as_user())

    def copy(self, primary: Server) -> None:
        """A standby of `primary`."""
        source = f"host=127.0.0.1 port={primary.port} user=site"
        options = ["-d", source, "-R", "-X", "stream", "-c", "fast"]
        run([self.bin / "pg_basebackup", "-D", self.folder, *options], **self.as_user())

    def start(self) -> None:
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.sockets)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [self.bin / "postgres", "-D", self.folder, *flags]
        self.log.touch()
        self.process = start(command, self.log, user=self.user)
        wait_until(self.answers, 20, f"PostgreSQL {self.name}")

    def answers(self) -> bool:
        try:
            self.ask("SELECT 1")
        except psycopg2.Error:
            return False
        return True

    def ask(self, sql: str, database: str = "postgres") -> Any:
        """The first value of the first row; None without one."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="site", dbname=database, connect_timeout=2
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                row = cursor.fetchone() if cursor.description else None
                return row[0] if row else None
        finally:
            connection.close()

    def is_streaming(self) -> bool:
        return self.ask("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == 1

    def cut_off(self) -> None:
        """Stop replication to this standby, as when the network lags."""
        self.ask("ALTER SYSTEM SET primary_conninfo = ''")
        self.ask("SELECT pg_reload_conf()")
        wait_until(lambda: not self.is_streaming(), 10, "the end of replication")

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            kill(self.process)
