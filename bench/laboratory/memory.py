"""Memory of the site's processes, as more kinds of pages are asked for.

Serves a throw-away copy of the site with its jobs, as `make run` does, and asks for all public
pages, for forms and searches, and for pages of staff, so often that each worker serves each of
them. Exits 1 when a worker's own share (PSS) is above the bar.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.laboratory import cpu, interrupts, site
from bench.laboratory.asking import BR, ask
from bench.laboratory.cpu import Memory
from bench.laboratory.servers import ROOT, Server, running

RESULTS = ROOT / "bench" / "MEMORY.md"
MB = 1_000_000
LIMIT_MB = 80
# At once they also show what each thread of a worker holds for itself.
CLIENTS = 16
PUBLIC = """
import json
from recovery_site.site_map.public_paths import public_paths
print(json.dumps(public_paths()))
"""
FORMS = ["/contact/", "/contact/my-request/", "/search/", "/search/?q=heroin", "/search/?q=zzzz"]
STAFF = [
    "/admin/", "/admin/articles/article/", "/admin/articles/article/add/",
    "/admin/faq/question/", "/admin/faq/question/add/",
    "/admin/auth/user/", "/intake/", "/intake/?list=all", "/intake/reports/", "/intake/handover/",
]  # fmt: skip
LOG_IN = """
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.create_superuser("memory"))
print("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
"""


def roles(root: int) -> dict[int, str]:
    """The processes that `root` started, by what they do."""
    words = {process: cpu.command_line(process) for process in cpu.family([root])}
    servers = {process for process, said in words.items() if " -m recovery_site.server " in said}
    workers = {process for process in servers if cpu.parent(process) in servers}
    jobs = {process for process, said in words.items() if " run_jobs" in said}
    roles = dict.fromkeys(servers - workers, "server") | dict.fromkeys(workers, "worker")
    return roles | dict.fromkeys(jobs, "run_jobs")


def read(server: Server, paths: Iterable[str], times: int, cookie: str = "") -> None:
    """Ask for each path `times` times, CLIENTS at once, on new connections. Raises OSError."""
    headers = {"Host": server.address.removeprefix("http://").replace("127.0.0.1", "localhost")}
    if cookie:
        headers["Cookie"] = cookie

    def ask_for(path: str) -> None:
        answer = ask(server.address + path, BR, timeout=60, headers=headers)
        if answer.status != 200:
            raise OSError(f"{path}: status {answer.status}")

    with ThreadPoolExecutor(CLIENTS) as clients:
        for path in paths:
            # Read to the end, so that a failure is raised here.
            list(clients.map(ask_for, [path] * times))


def measure(times: int) -> dict[str, dict[str, Memory]]:
    """Memory by what was asked for so far and by process."""
    with tempfile.TemporaryDirectory(prefix="site-memory-") as name:
        made = site.prepare(Path(name) / "site")

        def shell(code: str) -> str:
            return site.manage(made.environment, "shell", "--no-imports", "-c", code).split("\n")[
                -2
            ]

        public, cookie = json.loads(shell(PUBLIC)), shell(LOG_IN)
        log = Path(name) / "log"
        with running(site.serve, "/readyz", log, made.environment) as server:
            found = {"after the start": held(server)}
            read(server, public, times)
            found[f"and all {len(public)} public pages"] = held(server)
            read(server, FORMS, times)
            found["and forms and searches"] = held(server)
            read(server, STAFF, times, cookie)
            found["and pages of staff"] = held(server)
    return found


def held(server: Server) -> dict[str, Memory]:
    """The largest process of each role."""
    largest: dict[str, Memory] = {}
    for process, role in roles(server.process).items():
        largest[role] = max(largest.get(role, Memory()), cpu.memory(process))
    return largest


def table(found: dict[str, dict[str, Memory]]) -> str:
    lines = ["| | process | RSS MB | PSS MB | USS MB |", "|---|---|---:|---:|---:|"]
    for when, processes in found.items():
        for role, memory in sorted(processes.items(), reverse=True):
            sizes = " | ".join(f"{size / MB:.0f}" for size in memory)
            lines.append(f"| {when} | {role} | {sizes} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--times", type=int, default=32, help="how often to ask for each page")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    interrupts.listen()
    found = measure(options.times)
    most = max(processes["worker"].pss for processes in found.values()) / MB
    verdict = "met" if most <= LIMIT_MB else "**missed**"
    about = (
        "RSS is all that a process holds, PSS its share once what it shares is divided, USS what "
        "it alone holds; MB are millions of bytes. Of two workers, the larger one; both are forks "
        "of the server, which loaded the application for them. Each line comes "
        f"after those above it. Each page was asked for {options.times} times by {CLIENTS} clients "
        "at once, on new connections."
    )
    text = "\n\n".join(
        [
            "# Memory of the site's processes",
            about,
            table(found),
            f"Bar: at most {LIMIT_MB} MB a worker (PSS). Measured: {most:.0f} MB, {verdict}.",
            "Made by `python -m bench.memory`.",
        ]
    )
    print(text)
    options.output.write_text(f"{text}\n", "utf-8")
    return 0 if most <= LIMIT_MB else 1
