"""The static files as production serves them: made once for all tests, kept while nothing changes.

Compressing them takes 9 CPU seconds.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from importlib.metadata import version
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings

from recovery_site import settings as production
from recovery_site.management.commands.serve import static_fingerprint

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache" / "static"
DAY = 24 * 3600


def made() -> Path:
    """The folder of the files; for reading alone. A second caller waits for the first."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = KEPT / fingerprint()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            drop_old()
            make(folder)
    return folder


def put(data: Path) -> None:
    """Give a site with this DATA_DIR the files that its start would make."""
    shutil.copytree(made(), data / "static")
    (data / "static.fingerprint").write_text(static_fingerprint())


def fingerprint() -> str:
    """Changes with the files, with the settings, and with the packages that make them."""
    digest = hashlib.sha256(static_fingerprint().encode())
    digest.update(Path(production.__file__).read_bytes())
    for package in ("django", "whitenoise", "brotli"):
        digest.update(version(package).encode())
    return digest.hexdigest()[:20]


def make(folder: Path) -> None:
    """All of the folder, or nothing: whoever is ended meanwhile leaves another name behind."""
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with override_settings(STATIC_ROOT=unfinished, STORAGES=production.STORAGES):
        call_command("collectstatic", verbosity=0, interactive=False)
    unfinished.rename(folder)


def drop_old() -> None:
    """What a running test may still read stays."""
    for folder in KEPT.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - DAY:
            shutil.rmtree(folder)
