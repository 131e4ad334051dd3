"""Write `.env` for a first start: `python -m recovery_site.make_env_file`.

Knows nothing of Django, which cannot start without the secrets made here.
"""

import base64
import os
import secrets
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"


def fresh_key() -> str:
    """32 random bytes, base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


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
        )
        file.flush()
        os.fsync(file.fileno())
    return True


if __name__ == "__main__":
    if write_env():
        print(f"Wrote {ENV_FILE.name} with fresh secrets. Keep a copy in a safe place.")
