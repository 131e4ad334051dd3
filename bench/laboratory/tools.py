"""Programs that are needed or compared with, installed where that is allowed."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from bench.laboratory import cpu, nginx

GUNICORN = "27.0.1"
DEBIAN = {"wrk": ["wrk"], "nginx": ["nginx-light", "libnginx-mod-http-brotli-static"]}


def cache_folder() -> Path:
    """The folder, outside the project, that keeps installed programs between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "desert-bloom-bench"


def missing() -> list[str]:
    """Install missing programs; return those that are still missing."""
    install(package for name in _absent() for package in DEBIAN[name])
    return _absent()


def _absent() -> list[str]:
    return [name for name in DEBIAN if not shutil.which(name)]


def install(packages: Iterable[str]) -> None:
    """Install Debian packages, if we are root and there is apt."""
    wanted = list(packages)
    if not wanted or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {', '.join(wanted)} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # One by one, since not every Debian has all of them.
    installs = (["install", "-y", "--no-install-recommends", name] for name in wanted)
    for command in (["update"], *installs):
        subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip


def gunicorn(cache: Path) -> str:
    """Install gunicorn into a folder and return it for PYTHONPATH. Raises CalledProcessError."""
    folder = cache / f"gunicorn-{GUNICORN}"
    if not (folder / "gunicorn").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command = [*pip, "--target", str(folder), f"gunicorn=={GUNICORN}"]
        subprocess.run(command, capture_output=True, text=True, check=True)
    return str(folder)


def described(postgres: str | None) -> list[str]:
    """The machine and the versions of everything that took part."""
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    versions = {
        "nginx": nginx.version() if shutil.which("nginx") else None,
        "Python": platform.python_version(),
        "Django": version("django"),
        "Granian": version("granian"),
        "gunicorn": GUNICORN,
        "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": postgres,
        "wrk": said.split(" ", 2)[1].removeprefix("debian/") if said else None,
    }
    listed = " · ".join(f"{name} {number}" for name, number in versions.items() if number)
    return [f"{cpu.model()}, Linux {platform.release()}", listed]
