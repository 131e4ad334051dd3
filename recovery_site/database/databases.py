"""How the site talks to its databases."""

from __future__ import annotations

import sqlite3
from typing import Any

# WAL can corrupt with several writers before 3.51.3; NORMAL and the bare
# default lose acknowledged rows at a power cut.
DURABLE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
    if sqlite3.sqlite_version_info >= (3, 51, 3)
    else "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA"
)
Database = dict[str, Any]


def is_sqlite(database: Database) -> bool:
    return database["ENGINE"].endswith("sqlite3")


def for_work(database: Database) -> Database:
    """Settings of the database that staff pages and all writers use."""
    if is_sqlite(database):
        options: Database = {
            "transaction_mode": "IMMEDIATE",
            # A page that waits longer keeps others waiting; the jobs try again by themselves.
            "timeout": 5,
            "init_command": f"{DURABLE}; PRAGMA secure_delete=ON",
        }
        return database | {"OPTIONS": options}
    # Notice within seconds that a server went away, not when TCP gives up. With `query_timeouts.py`
    # its clock counts for connecting too: libpq ignores connect_timeout there.
    options = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    return database | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": database.get("OPTIONS", {}) | options,
    }


def for_reading(database: Database) -> Database:
    """Settings of the database of public pages: read-only, with short timeouts (stale copies)."""
    if is_sqlite(database):
        options: Database = {
            "transaction_mode": "DEFERRED",
            "timeout": 2,
            "init_command": "PRAGMA query_only=ON",
        }
        return database | {"CONN_MAX_AGE": 60, "OPTIONS": options}
    # Imported here, since a site on SQLite needs no driver for PostgreSQL.
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    options = {
        "connect_timeout": 2,
        "tcp_user_timeout": 2_000,
        "isolation_level": IsolationLevel.REPEATABLE_READ,
        "options": "-c default_transaction_read_only=on -c statement_timeout=2000",
    }
    database = for_work(database)
    return database | {"OPTIONS": database["OPTIONS"] | options}
