"""Write `.env` for a first start: `python -m recovery_site.environment.make_env_file`.

With `--journal-keys` it only prints a fresh pair of keys for the journal, for an `.env` without.

Knows nothing of Django, which cannot start without the secrets made here.
"""

import base64
import os
import secrets
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ENV_FILE = BASE_DIR / ".env"
SECRET_NAMES = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")


def fresh_key() -> str:
    """32 random bytes, base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def fresh_journal_keys() -> str:
    """The lines of a pair of keys: to the public one requests are sealed."""
    private = X25519PrivateKey.generate()
    both = private.public_key().public_bytes_raw(), private.private_bytes_raw()
    public, secret = (base64.b64encode(each).decode() for each in both)
    return f"JOURNAL_PUBLIC_KEY={public}\nJOURNAL_PRIVATE_KEYS={secret}\n"


def write_env(path: Path = ENV_FILE) -> bool:
    """Write fresh secrets to `path`, readable by its owner alone; False when it exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(
            "# Made by the first `make run`. Keep it secret and keep a copy: without FIELD_KEYS\n"
            "# nobody can read the callback requests. .env.example explains every variable.\n"
            f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
            f"FIELD_KEYS={fresh_key()}\n"
            f"INDEX_KEY={fresh_key()}\n"
            f"{fresh_journal_keys()}"
        )
        file.flush()
        os.fsync(file.fileno())
    return True


def data_without_keys(path: Path = ENV_FILE) -> Path | None:
    """The site's data, if there are some and `.env`, which holds their keys, is gone."""
    if path.exists() or all(os.environ.get(name) for name in SECRET_NAMES):
        return None
    folder = path.parent / (os.environ.get("DATA_DIR") or "var")
    entries = any((folder / "journal").glob("*/*.sealed"))
    return folder if entries or _has_rows(folder / "site.sqlite3") else None


def _has_rows(file: Path) -> bool:
    """Whether somebody worked with this database: then its audit trail has entries."""
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as link:
            return bool(link.execute("SELECT 1 FROM contact_auditentry LIMIT 1").fetchone())
    except sqlite3.OperationalError as error:
        return "no such table" not in str(error)


if __name__ == "__main__":
    if "--journal-keys" in sys.argv:
        print(fresh_journal_keys(), end="")
        sys.exit()
    if folder := data_without_keys():
        sys.exit(
            f"{ENV_FILE.name} is gone, and {folder} holds the data of a site that was written with"
            f" its keys. Put the copy of {ENV_FILE.name} back; nothing was written. To begin"
            f" anew without these data, move {folder} away."
        )
    if write_env():
        print(f"Wrote {ENV_FILE.name} with fresh secrets. Keep a copy in a safe place.")
