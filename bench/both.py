"""The same measurement on SQLite and on PostgreSQL, each in a process and a database of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from recovery_site.environment import fresh_key
from tests import postgres

ROOT = Path(__file__).resolve().parents[1]


def tables(module: str) -> list[str]:
    """What `python -m module --measure …` printed on each database, as it goes on printing it."""
    command = [sys.executable, "-m", module, "--measure", *sys.argv[1:]]
    printed = []
    with tempfile.TemporaryDirectory() as folder, postgres.server() as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": fresh_key(),
            "INDEX_KEY": fresh_key(),
            "DATA_DIR": folder,
            "SITE_URL": "http://localhost:8000",
            "DATABASE_REPLICA_URL": "",
        }
        for database in ("", url):
            ran = subprocess.run(
                command,
                cwd=ROOT,
                env=environment | {"DATABASE_URL": database},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            print(ran.stdout)
            printed.append(ran.stdout)
    return printed
