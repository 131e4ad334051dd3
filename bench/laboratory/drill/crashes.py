"""The drills of tests/drills with more states and words than `make test` tries, on both databases.

And requests that no browser sends, at nginx and at Granian.
"""

from __future__ import annotations

import os
import subprocess
import sys

from bench.laboratory.drill.report import Report
from bench.laboratory.servers import ROOT
from tests import postgres

TESTS = (sys.executable, "-m", "pytest", "tests/drills", "--every-state", "--tb=short")
RAW = (sys.executable, "-m", "pytest", "tests/deploy/test_raw_requests.py", "--tb=short")


def run_crashes(report: Report) -> None:
    def run(name: str, url: str) -> None:
        environment = os.environ | {"TEST_SITE_DATABASE_URL": url}
        done = subprocess.run(TESTS, cwd=ROOT, env=environment, check=False)
        seen = "all passed" if done.returncode == 0 else "failed"
        what = f"states that a crash leaves, each call that fails, hostile words, {name}"
        report.add(what, seen, "all passed", is_kept=done.returncode == 0)

    done = subprocess.run(RAW, cwd=ROOT, check=False)
    seen = "all refused" if done.returncode == 0 else "failed"
    report.add(
        "requests that can be read in two ways, nginx and Granian", seen, "all refused",
        is_kept=done.returncode == 0,
    )  # fmt: skip
    run("SQLite", "")
    with postgres.server() as url:
        run("PostgreSQL", url)
