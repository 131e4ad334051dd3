"""Which part of the site a process is, and which keys it may hold for that.

`all` is the whole site in one. `public` serves pages and takes requests, and can read none of them:
it starts with no key that opens or finds one. `staff` is all the rest: admin, workspace, a
visitor's own request, and the background process.
"""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .env import env_required, env_str, read_env_file

ALL, PUBLIC, STAFF = "all", "public", "staff"


def role(value: str) -> str:
    if value not in (ALL, PUBLIC, STAFF):
        raise ValueError(value)
    return value


def read_env_file_of_role(path: Path) -> None:
    """Leave the file to the others if the process was started as the public one."""
    if os.environ.get("ROLE") != PUBLIC:
        read_env_file(path)


def env_private(name: str, own_role: str, how: str = "") -> str:
    """A key that the public process must not hold; elsewhere it is required if `how` says so."""
    if own_role != PUBLIC:
        return env_required(name, how) if how else env_str(name)
    if env_str(name):
        raise ImproperlyConfigured(
            f"{name} is set, but ROLE is public: such a process holds no key that opens or finds "
            "requests. Take it out of the environment of this process."
        )
    return ""


def env_journal_key(name: str, own_role: str) -> str:
    if own_role == PUBLIC:
        return env_required(name, "A process with ROLE=public seals requests to it.")
    return env_str(name)


def local_database(sqlite: dict[str, Any], own_role: str, is_local: bool) -> dict[str, Any]:
    """SQLite knows no accounts: a public process could copy the file with all requests."""
    if own_role == PUBLIC and not is_local:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set, but ROLE is public: name a PostgreSQL with the account of "
            "deploy/public-role.sql. A file of SQLite can be read whole."
        )
    return sqlite
