"""What visitors notice while hundreds of clients never finish, and while a thousand fakes come."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from bench.laboratory import servers, site
from bench.laboratory.callback import state_of_the_machine

RESULT = Path(__file__).resolve().parents[1] / "FLOOD.md"
EACH, FAKES, SECONDS = 300, 1000, 4
SPAM = servers.ROOT / "tests" / "contact" / "floods" / "spam.txt"
HEAD = b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nname="
KINDS = {
    "idle": (b"", b""),
    "served, then idle": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),
    "slow headers": (b"GET / HTTP/1.1\r\n", b"X-A: b\r\n"),
    "slow forms": (HEAD, b"x"),
    "half-closed": (HEAD, b""),
}


def asked(path: str, form: dict[str, str] | None = None, network: str = "192.0.2.1") -> bytes:
    method, body = ("POST", urlencode(form).encode()) if form else ("GET", b"")
    lines = [
        f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close",
        f"X-Forwarded-For: {network}", f"Content-Length: {len(body)}",
        "Content-Type: application/x-www-form-urlencoded",
    ]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode() + body


async def ask(port: int, raw: bytes) -> tuple[str, float]:
    """Return the status, or the kind of the failure, and how many seconds it took."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw)
            line = await reader.readline()
            writer.close()
    except (OSError, TimeoutError) as error:
        return type(error).__name__, time.monotonic() - began
    return line.split(b" ")[1].decode() if line else "closed", time.monotonic() - began


async def odd_client(port: int, kind: str) -> None:
    """Connect again and again, and never finish."""
    first, more = KINDS[kind]
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(first)
            if kind == "half-closed":
                writer.write_eof()
            while more:
                await asyncio.sleep(1)
                writer.write(more)
                await writer.drain()
            await reader.read()
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(1)


async def beside(port: int, kind: str) -> list[str]:
    """Return the rows of what honest visitors get beside clients of this kind."""
    odd = [asyncio.create_task(odd_client(port, kind)) for _ in range(EACH)]
    await asyncio.sleep(3)
    found: dict[tuple[str, str], list[float]] = {}
    until, n = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        n += 1
        form = {"name": "A B", "phone": f"602555{n:04}", "key": f"{kind} {n}"}
        network = f"2001:db8:{hash(kind) & 0xFFFF:x}:{n:x}::1"
        honest = {"page": asked("/"), "health": asked("/healthz")}
        honest["form"] = asked("/contact/", form, network)
        for what, raw in honest.items():
            status, took = await ask(port, raw)
            found.setdefault((what, status), []).append(took)
        await asyncio.sleep(0.05)
    for task in odd:
        task.cancel()
    await asyncio.gather(*odd, return_exceptions=True)
    return [
        f"| {kind} | {what} | {status} | {len(times)} |"
        f" {statistics.median(times) * 1000:.0f} ms | {max(times) * 1000:.0f} ms |"
        for (what, status), times in sorted(found.items())
    ]


async def flood(port: int) -> tuple[dict[str, int], float]:
    """Send the fakes, in the middle a real request; return the statuses, and when that was sent."""
    texts = [line.split("|", 1)[1] for line in SPAM.read_text().splitlines()]
    statuses: dict[str, int] = {}
    sent_at = 0.0
    for n in range(FAKES):
        form = {
            "name": "A B", "phone": f"480555{n:04}", "key": f"fake {n}",
            "message": "I want to kill myself" if n % 10 == 0 else texts[n % 40 * 7],
        }  # fmt: skip
        status, _took = await ask(port, asked("/contact/", form, f"198.51.100.{n % 50}"))
        statuses[status] = statuses.get(status, 0) + 1
        if n == FAKES // 2:
            sent_at = time.monotonic()
            real = {"name": "C D", "phone": "602 555 0199", "key": "real", "language": "es"}
            status, _took = await ask(port, asked("/contact/", real, "203.0.113.9"))
            statuses[f"real {status}"] = 1
    return statuses, sent_at


def place(database: Path) -> int | None:
    """Return the place of the real request in the queue; None before it is there."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        table = "contact_callbackrequest"
        query = f"SELECT turn_at FROM {table} WHERE language = 'es'"
        found = connection.execute(query).fetchone()
        if not found:
            return None
        before = f"SELECT count(*) FROM {table} WHERE turn_at < ?"
        return int(connection.execute(before, found).fetchone()[0]) + 1


async def measure(port: int, database: Path) -> str:
    machine = state_of_the_machine()
    rows = [row for kind in KINDS for row in await beside(port, kind)]
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("UPDATE contact_callbackrequest SET turn_at = '2999-01-01'")
        connection.commit()
    sending = asyncio.create_task(flood(port))
    seen_at = None
    while seen_at is None:
        await asyncio.sleep(0.1)
        seen_at = time.monotonic() if place(database) else None
    statuses, sent_at = await sending
    await asyncio.sleep(20)
    return "\n".join([
        "# Floods and odd clients", "",
        f"`python -m bench.flood`: {EACH} clients of each kind that never finish, at Granian",
        "alone; beside them visitors who read, ask for health and send the form.", "",
        "| clients | what | answer | times | median | longest |", "|---|---|---|---|---|---|",
        *rows, "",
        f"Then {FAKES} fakes from 50 networks, one in ten with words of danger, and a request of a",
        "person in their middle.", "",
        f"- Answers: {', '.join(f'{name}: {count}' for name, count in sorted(statuses.items()))}",
        f"- The person's request was at the desk after {seen_at - sent_at:.1f} s.",
        f"- Its place in the queue, once all had come in: {place(database)}.", "", machine, "",
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    parser.add_argument("--output", type=Path, default=RESULT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        made = site.prepare(data, changes={"TRUSTED_PROXIES": "127.0.0.1"})
        log = Path(folder) / "log"
        server = servers.on_port(made.web_server)
        with servers.running(server, "/healthz", log, made.environment) as running:
            port = int(running.address.rpartition(":")[2])
            jobs = subprocess.Popen(
                [sys.executable, "manage.py", "run_jobs"], cwd=servers.ROOT, env=made.environment
            )
            try:
                text = asyncio.run(measure(port, data / "site.sqlite3"))
            finally:
                jobs.terminate()
                jobs.wait(servers.STOP_SECONDS)
    options.output.write_text(text)
    print(text)
    return 0
