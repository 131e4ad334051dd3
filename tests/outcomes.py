"""Write down what becomes of each test as it happens: a run that is cut off leaves what it did.

A pytest plugin for `make test` (`-p tests.outcomes --outcomes FILE`), and the reader of its files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TESTS_FAILED = 1


@dataclass
class Outcomes:
    """What one run of pytest left."""

    ran: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    ended: int | None = None

    def unfinished(self, returncode: int) -> str:
        """Why not all chosen tests have run; nothing if they have."""
        if returncode not in (0, TESTS_FAILED) or self.ended != returncode:
            return f"ended with code {returncode} after {len(self.ran)} tests"
        if returncode == TESTS_FAILED and not self.failed:
            return "ended with code 1, but no test failed"
        return "" if self.ran else "found no tests"


class Recorder:
    def __init__(self, file: Path):
        self.file = file

    def write(self, kind: str, name: str = "", why: str = "", code: int = 0) -> None:
        line = json.dumps({"kind": kind, "name": name, "why": why, "code": code})
        with self.file.open("a") as out:
            out.write(f"{line}\n")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.write("failed", report.nodeid)
        elif report.skipped:
            why = report.longrepr
            self.write("skipped", report.nodeid, str(why[2] if isinstance(why, tuple) else why))
        elif report.when == "call":
            self.write("passed", report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.write("failed", report.nodeid)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self.write("ended", code=int(exitstatus))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--outcomes", type=Path, help="write the outcome of each test to this file")


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--outcomes")
    # Workers tell the process that started them, which writes.
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(file))


def read(file: Path) -> Outcomes:
    outcomes = Outcomes()
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            # The run was cut off while it wrote.
            continue
        kind, name = entry["kind"], entry["name"]
        if kind == "ended":
            outcomes.ended = entry["code"]
            continue
        outcomes.ran.add(name)
        if kind == "failed" and name not in outcomes.failed:
            outcomes.failed.append(name)
        elif kind == "skipped":
            outcomes.skipped[name] = entry["why"]
    return outcomes
