"""Tests don't wait for the disk, which is half of their time.

Only a settings module in tests/ calls this: no variable and no setting of the site reaches it.
"""

import os
from typing import Any

fsync = os.fsync


def turn_off(database: dict[str, Any]) -> None:
    """Let neither files nor this SQLite database wait until their words are on the disk."""
    os.fsync = lambda fd: None
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
