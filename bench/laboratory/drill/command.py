"""The drill: `make drill`. Real processes, real failures, measured promises.

Two application nodes (nginx, Granian, run_jobs, each with its own journal) behind HAProxy, and a
PostgreSQL primary with a streaming standby behind each node's own HAProxy, all from the files in
deploy/. Visitors read and ask to be called throughout. Before it, every state that a crash may
leave of files is tried, and each call that may fail. It ends with 1 if a promise was broken, and
writes what it printed to bench/DRILL.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.laboratory.drill.crashes import run_crashes
from bench.laboratory.drill.postgres import programs
from bench.laboratory.drill.processes import Broken
from bench.laboratory.drill.report import Report
from bench.laboratory.drill.steps import Drill
from bench.laboratory.servers import ROOT
from bench.laboratory.tools import install
from tests.postgres import NoPostgres

RESULTS = ROOT / "bench" / "DRILL.md"
PROGRAMS = {
    "nginx": "nginx-light",
    "haproxy": "haproxy",
    "openssl": "openssl",
}


def missing() -> list[str]:
    """Debian packages that the drill needs and that are missing."""
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    try:
        if not (programs() / "pg_basebackup").exists():
            packages.append("postgresql")
    except NoPostgres:
        packages.append("postgresql")
    return packages


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.drill", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the logs of all processes")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    install(missing())
    if absent := missing():
        print(f"LEFT OUT: the drill (apt install {' '.join(absent)})")
        return 1 if os.environ.get("CI", "").lower() == "true" else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    home = Path(tempfile.mkdtemp(prefix="site-drill-", dir="/tmp"))
    report, began = Report(), time.monotonic()
    drill = Drill(home, report)
    run_crashes(report)
    try:
        drill.run()
    except Broken as problem:
        report.add("the drill went to its end", f"no: {problem}", "yes", is_kept=False)
    finally:
        drill.stop()
        if options.keep:
            print(f"Logs: {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(f"\n{report.table()}\n\n{time.monotonic() - began:.0f} s")
    report.write(options.output, drill.about)
    return 0 if report.is_kept else 1
