"""How fast callback requests are taken, and how fast those that wait come to the desk.

As deploy/ runs it: two workers and `run_jobs`, on SQLite and on PostgreSQL, and everything is on
disk before a visitor is thanked. Each request has a number, a name, a key and a network of its own,
and the words of one in tests/contact/floods/real.txt.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

from bench.laboratory import servers, site
from bench.laboratory.speed.wrk import CLIENTS, SCRIPT
from tests import postgres

RESULT = servers.ROOT / "bench" / "CALLBACK.md"
WORDS = servers.ROOT / "tests" / "contact" / "floods" / "real.txt"
BURST, RATE, P99_MS, BURST_SECONDS = 5000, 500, 50, 15
# wrk asks from one thread, so no number comes twice in a stretch.
POSTS = """
local words, n = {%s}, %d
local areas = {"602", "480", "623", "520", "928", "303", "415", "212", "312", "206"}
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
request = function()
    n = n + 1
    local phone = string.format("%%s555%%04d", areas[1 + math.floor(n / 10000) %% 10], n %% 10000)
    wrk.headers["X-Forwarded-For"] =
        string.format("2001:db8:%%x:%%x::1", math.floor(n / 60000), n %% 60000)
    return wrk.format("POST", "/contact/", nil, string.format(
        "name=Test+Person+%%d&phone=%%s&key=%%d&message=%%s", n, phone, n, words[1 + n %% #words]))
end
"""
COUNT = "from contact.models import CallbackRequest; print(CallbackRequest.objects.count())"


class Taken(NamedTuple):
    """What a stretch of posts came to."""

    rate: float
    p99: float
    thanked: int
    failed: int


class Desk:
    """A site that takes requests, and its `run_jobs`, which can be held meanwhile."""

    def __init__(self, folder: Path, made: site.Site, url: str, jobs: int) -> None:
        self.folder, self.made, self.url, self.jobs = folder, made, url, jobs
        lines = [line.partition("|")[2] for line in WORDS.read_text("utf-8").splitlines()]
        self.words = ",".join(json.dumps(quote_plus(line)) for line in lines)
        self.sent = 0

    def waiting(self) -> int:
        return len(list((self.made.data / "journal" / "new").glob("*.sealed")))

    def stored(self) -> int:
        printed = site.manage(self.made.environment, "shell", "--no-imports", "-c", COUNT)
        return int(printed.splitlines()[-1])

    def post(self, seconds: int) -> Taken:
        script = self.folder / "posts.lua"
        script.write_text(POSTS % (self.words, self.sent) + SCRIPT)
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", str(script), self.url]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        counted = json.loads(ran.stdout.splitlines()[-1])
        # Some were on their way when it ended.
        self.sent += counted["requests"] + CLIENTS
        rate = counted["requests"] * 1e6 / counted["microseconds"]
        return Taken(rate, counted["p99"] / 1000, counted["requests"], counted["failed"])

    def wait_until_all_are_there(self) -> float:
        began = time.monotonic()
        while self.waiting():
            time.sleep(0.02)
        return time.monotonic() - began

    def hold_jobs(self, signal_number: signal.Signals) -> None:
        os.killpg(self.jobs, signal_number)


def measure(desk: Desk, seconds: int, burst: int) -> list[tuple[str, str, str, bool]]:
    """Rows: what, what was seen, what is promised, and whether it was kept."""
    desk.post(2)
    desk.wait_until_all_are_there()
    before = desk.stored()
    taken = desk.post(seconds)
    late = desk.wait_until_all_are_there()
    stored = desk.stored() - before
    rows = [
        ("taken while they come in", f"{taken.rate:.0f}/s", f"≥ {RATE}/s", taken.rate >= RATE),
        ("its p99", f"{taken.p99:.0f} ms", f"≤ {P99_MS} ms", taken.p99 <= P99_MS),
        ("the last one at the desk after", f"{late:.1f} s", "", True),
        # Those on their way when wrk ended were taken too.
        (
            "thanked for, stored, failed", f"{taken.thanked}, {stored}, {taken.failed}",
            "all, 0 failed", 0 <= stored - taken.thanked <= CLIENTS and not taken.failed,
        ),
    ]  # fmt: skip
    desk.hold_jobs(signal.SIGSTOP)
    while desk.waiting() < burst:
        desk.post(min(5, max(1, math.ceil((burst - desk.waiting()) / max(taken.rate, 1)))))
    waiting = desk.waiting()
    desk.hold_jobs(signal.SIGCONT)
    took = desk.wait_until_all_are_there()
    rate, within = waiting / took, BURST_SECONDS * waiting / BURST
    return [
        *rows,
        ("brought in", f"{rate:.0f}/s", f"≥ {RATE}/s", rate >= RATE),
        (f"{waiting} that waited, at the desk after", f"{took:.1f} s", f"≤ {within:.0f} s",
         took <= within),
    ]  # fmt: skip


def on(name: str, database_url: str, options: argparse.Namespace) -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = site.prepare(folder / "data", database_url, changes={"TRUSTED_PROXIES": "127.0.0.1"})
        server = servers.on_port(made.web_server)
        with servers.running(server, "/healthz", folder / "log", made.environment) as running:
            jobs = subprocess.Popen(
                [sys.executable, "manage.py", "run_jobs"], cwd=servers.ROOT,
                env=made.environment, start_new_session=True,
            )  # fmt: skip
            try:
                desk = Desk(folder, made, f"{running.address}/contact/", jobs.pid)
                rows = measure(desk, options.seconds, options.burst)
            finally:
                desk.hold_jobs(signal.SIGCONT)
                jobs.terminate()
                jobs.wait(servers.STOP_SECONDS)
    verdict = {True: "", False: "**not met**"}
    lines = [
        f"| {name} | {what} | {seen} | {bar} | {verdict[met]} |" for what, seen, bar, met in rows
    ]
    print("\n".join(lines), flush=True)
    return lines


def state_of_the_machine() -> str:
    """How many cores there are, and what they did before."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    told = f"{cores} cores; load {load:.1f} before it."
    if load <= cores / 2:
        return told
    return f"{told} **It was busy just before; on a calm one it may be faster.**"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.callback", description=__doc__)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--burst", type=int, default=BURST)
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"])
    parser.add_argument("--output", type=Path, default=RESULT)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    machine = state_of_the_machine()
    rows = []
    if options.only in (None, "SQLite"):
        rows += on("SQLite", "", options)
    if options.only in (None, "PostgreSQL"):
        with postgres.server(is_durable=True) as url:
            rows += on("PostgreSQL", url, options)
    text = "\n".join([
        "# Callback requests", "",
        f"`python -m bench.callback`: {CLIENTS} clients of wrk beside two workers and `run_jobs`",
        f"on one machine; sealed and on disk before each thank-you. {machine}", "",
        "| database | what | seen | promised | |", "|---|---|---|---|---|", *rows, "",
    ])  # fmt: skip
    options.output.write_text(text, "utf-8")
    return 0
