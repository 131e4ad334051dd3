"""Load on one server by wrk, and its cost."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from bench.laboratory import cpu
from bench.laboratory.asking import Answer

CLIENTS = 16
SCRIPT = """
done = function(summary, latency)
    local e = summary.errors
    io.write(string.format(
        '{"requests":%d,"microseconds":%d,"bytes":%d,"p99":%d,"failed":%d}\\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Load(NamedTuple):
    """Figures of one stretch of load."""

    # Requests a second.
    rate: float
    # Microseconds of processor time that the servers took for a request.
    cpu: float
    # Milliseconds.
    p99: float
    failed: int
    # Processor time that neither servers nor wrk took, as a share of the machine.
    others: float


class Wrk:
    """wrk with one thread and CLIENTS connections, asking for `coding`."""

    def __init__(self, folder: Path, coding: str) -> None:
        self.script, self.coding = folder / "count.lua", coding
        self.script.write_text(SCRIPT)

    def run(self, url: str, seconds: float) -> dict[str, int]:
        """Raise CalledProcessError when wrk itself fails."""
        command = [
            "wrk", "-t1", f"-c{CLIENTS}", f"-d{max(1, round(seconds))}s", "-s", str(self.script),
            "-H", f"Accept-Encoding: {self.coding}", url,
        ]  # fmt: skip
        # In a session of its own, so that Ctrl-C reaches only us and we stop it.
        ran = subprocess.run(
            command, capture_output=True, text=True, check=True, start_new_session=True
        )
        counted: dict[str, int] = json.loads(ran.stdout.splitlines()[-1])
        return counted

    def measure(self, answer: Answer, roots: list[int], seconds: float) -> Load:
        """Put load on the server of `answer` after a second to warm up.

        `roots` are the first processes of the servers.
        """
        self.run(answer.url, 1)
        begun, machine = time.perf_counter(), cpu.machine_seconds()
        ours, served = _own_seconds(), cpu.seconds(roots)
        counted = self.run(answer.url, seconds)
        served = cpu.seconds(roots) - served
        ours = _own_seconds() - ours
        machine = cpu.machine_seconds() - machine
        passed = time.perf_counter() - begun
        requests = max(1, counted["requests"])
        return Load(
            rate=requests * 1e6 / counted["microseconds"],
            cpu=served * 1e6 / requests,
            p99=counted["p99"] / 1000,
            failed=counted["failed"] + _wrong_bytes(answer, requests, counted["bytes"]),
            others=max(0.0, machine - served - ours) / (passed * cpu.CORES),
        )


def _own_seconds() -> float:
    """Processor time of this process and of its ended children: wrk's."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in each)


def _wrong_bytes(answer: Answer, requests: int, received: int) -> int:
    """The least number of answers that were not as long as the page."""
    surplus = received - requests * answer.length
    # wrk counts bytes of unfinished answers too, and headers differ a little.
    allowed = answer.length * (CLIENTS + requests * 0.02)
    return 0 if -allowed <= surplus <= allowed else round(abs(surplus) / answer.length)
