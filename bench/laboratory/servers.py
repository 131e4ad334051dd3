"""Start servers, wait for them, and stop them with all that they started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.laboratory import interrupts
from bench.laboratory.asking import ask

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS = 60, 10
WORKERS, THREADS = 2, 8
WSGI_APPLICATION = "recovery_site.wsgi:application"


class NotStarted(Exception):
    """A server didn't answer in time; the text tells its last words."""


class Server(NamedTuple):
    """A running server: its first process, and how many seconds it took to the first 200."""

    process: int
    address: str
    started_in: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    command: Callable[[int], list[str]],
    path: str,
    log: Path,
    environment: dict[str, str] | None = None,
    folder: Path = ROOT,
    *,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run `command(port)`, wait for a 200 at `path`, stop it at the end. Raises NotStarted.

    `headers` are those with which it is asked.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    process = None
    try:
        with interrupts.held(), log.open("ab") as output:
            process = subprocess.Popen(
                command(port), cwd=folder, env=environment, start_new_session=True,
                stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        _wait(process, address + path, log, headers)
        yield Server(process.pid, address, time.perf_counter() - begun)
    finally:
        if process:
            with interrupts.held():
                _stop(process)


def _wait(
    process: subprocess.Popen[bytes], url: str, log: Path, headers: Mapping[str, str] | None
) -> None:
    deadline, said = time.monotonic() + START_SECONDS, "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = ask(url, "identity", headers=headers)
        except OSError as error:
            said = str(error)
        else:
            if answer.status == 200:
                return
            said = f"status {answer.status}"
        time.sleep(0.01)
    last = log.read_text(errors="replace")[-800:].strip()
    raise NotStarted(f"{process.args!r} did not serve {url}: {said}. {last}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; after STOP_SECONDS, end it and all that it started."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    # Processes that outlived their parent still belong to its group.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def on_port(usual: list[str]) -> Callable[[int], list[str]]:
    """The `usual` command of the site's web server, for another port."""
    return lambda port: [str(port) if word == "0" else word for word in usual]


def granian(
    application: str, python: str | Path = sys.executable, interface: str = "wsgi"
) -> Callable[[int], list[str]]:
    """The command of a server like the site's for another application."""
    threads = ["--blocking-threads", str(THREADS)] if interface == "wsgi" else []
    return lambda port: [
        str(python), "-m", "granian", application, "--interface", interface, "--http", "1",
        "--no-ws", "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS),
        *threads, "--backpressure", "1024",
        "--http1-header-read-timeout", "10000", "--respawn-failed-workers",
        "--workers-kill-timeout", "5", "--log-level", "error",
    ]  # fmt: skip


def gunicorn(port: int) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", WSGI_APPLICATION, "--worker-class", "sync",
        "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "--log-level", "error",
    ]  # fmt: skip
