"""`make test` and `make check`: every stage in order, then each test and stage that failed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import outcomes, postgres, programs

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
CI = os.environ.get("CI", "").lower() == "true"
# One more than processors: tests also wait, for programs that they started.
WORKERS = os.environ.get("WORKERS") or str((os.cpu_count() or 1) + 1)
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
# A test that even its own limit can't end: its worker is ended and replaced, the others go on.
LAST_RESORT = ("-o", "faulthandler_timeout=900", "-o", "faulthandler_exit_on_timeout=true")
# By folder: collecting tests takes seconds of each worker.
BROWSER = "tests/browser"
WITHOUT_BROWSER = f"--ignore={BROWSER}"
failed: list[str] = []
unfinished: list[str] = []
left_out: list[str] = []


def run(name: str, *command: str | Path, **environment: str) -> int:
    """Run one command, say how long it took, and return its exit code."""
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    # Where this is set, each of the many processes would compile our modules and tests again.
    compiled_once = {"PYTHONDONTWRITEBYTECODE": ""}
    environment = os.environ | compiled_once | environment
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    print(f"== {name}: {time.monotonic() - begun:.1f} s", flush=True)
    return done.returncode


BY_FILE = ("-p", "tests.scheduling")
# Small portions, so that no worker ends long before the others.
BY_TEST = ("--dist", "load", "--maxschedchunk", "8")


def step(name: str, *command: str | Path, **environment: str) -> None:
    if run(name, *command, **environment):
        failed.append(name)


def check() -> None:
    step("lint", BIN / "ruff", "check", ".")
    step("format", BIN / "ruff", "format", "--check", ".")
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    step("templates", BIN / "djade", "--check", "--target-version", "6.1", *templates)
    step("types", BIN / "mypy")
    step("imports", BIN / "lint-imports", "--no-cache")
    deploy = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    step("deploy check", PYTHON, *deploy, **PRODUCTION)
    step("migrations", PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", **PRODUCTION)


def pytest(name: str, *arguments: str, database: str = "", is_covered: bool = True) -> None:
    """Run one stage; note each test of it that failed, and whether it came to its end."""
    measured = (BIN / "coverage", "run") if is_covered else (PYTHON,)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "outcomes"
        returncode = run(
            name, *measured, "-m", "pytest", "-n", WORKERS,
            "--outcomes", str(record), *LAST_RESORT, *arguments, TEST_SITE_DATABASE_URL=database,
        )  # fmt: skip
        left = outcomes.read(record)
    failed.extend(f"{name}: {test}" for test in left.failed)
    if why := left.unfinished(returncode):
        unfinished.append(f"{name} ({why})")
    for why in sorted(set(left.skipped.values())):
        print(f"   skipped: {list(left.skipped.values()).count(why)} × {why}")


def test_on_sqlite() -> None:
    pytest("tests on SQLite", *BY_FILE, WITHOUT_BROWSER)


def test_on_postgres() -> None:
    def run_stage(url: str) -> None:
        # These are tests that ran on SQLite, where they were measured.
        chosen = (*BY_FILE, WITHOUT_BROWSER, "--with-database-only")
        pytest("tests on PostgreSQL", *chosen, database=url, is_covered=False)

    if url := os.environ.get("TEST_DATABASE_URL"):
        run_stage(url)
        return
    try:
        with postgres.server() as url:
            run_stage(url)
    except postgres.NoPostgres as missing:
        left_out.append(f"tests on PostgreSQL ({missing})")


def test_in_browser() -> None:
    if shutil.which("chromium"):
        pytest("tests in the browser", *BY_TEST, BROWSER)


def report_coverage() -> None:
    if unfinished:
        unfinished.append("coverage (a figure without the stages above would mean nothing)")
        return
    subprocess.run([BIN / "coverage", "combine", "-q"], cwd=ROOT, check=False)
    step("coverage", BIN / "coverage", "report")


def conclude() -> int:
    """The last lines: what is red, each by its name."""
    if CI:
        failed.extend(f"left out: {what}" for what in left_out)
    print("\n" + "=" * 60)
    for what in left_out:
        print(f"LEFT OUT: {what}")
    for what in failed:
        print(f"FAILED: {what}")
    for what in unfinished:
        print(f"NOT FINISHED: {what}")
    if not failed and not unfinished:
        print("All green." if not left_out else "Green, without what was left out.")
    return 1 if failed or unfinished else 0


def main() -> int:
    os.chdir(ROOT)
    if "--check" in sys.argv:
        check()
        return conclude()
    left_out.extend(programs.bring())
    check()
    subprocess.run([BIN / "coverage", "erase"], check=False)
    test_on_sqlite()
    test_on_postgres()
    test_in_browser()
    report_coverage()
    return conclude()


if __name__ == "__main__":
    sys.exit(main())
