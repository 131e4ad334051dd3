"""The drills of tests/drills with more states than `make test` tries, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys

from bench.laboratory.drill.report import Report
from bench.laboratory.servers import ROOT
from tests import postgres

TESTS = (sys.executable, "-m", "pytest", "tests/drills", "--every-state", "--tb=short")


def run_crashes(report: Report) -> None:
    def run(name: str, url: str) -> None:
        environment = os.environ | {"TEST_SITE_DATABASE_URL": url}
        done = subprocess.run(TESTS, cwd=ROOT, env=environment, check=False)
        seen = "all passed" if done.returncode == 0 else "failed"
        what = f"states that a crash leaves, and each call that fails, {name}"
        report.add(what, seen, "all passed", is_kept=done.returncode == 0)

    run("SQLite", "")
    with postgres.server() as url:
        run("PostgreSQL", url)
