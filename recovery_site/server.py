"""The web server: Granian, with the application loaded once for all workers.

Workers are forks of this process, so they share what none of them changes (`bench.memory` prints
how much). A thread or a connection to a database does not outlive a fork: nothing that is loaded
here may start one. SIGHUP loads the code and its settings anew; the workers before go on until new
ones answer.
"""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from threading import Event, Thread

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

logger = logging.getLogger(__name__)

MODULE = "recovery_site.serving.rsgi"
LOAD = "from recovery_site import server; server.load_application()"
# Connections are cheap: idle ones must leave room for others, and end soon.
CONNECTIONS, HEADER_MILLISECONDS = 1024, 10_000
# Seconds that new workers have to start, and earlier ones to end.
OVERLAP_SECONDS, WORKERS_STOP_SECONDS = 2, 5
# The workers of the process that this one was, by their ids.
EARLIER_WORKERS = "EARLIER_WORKERS"
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def load_application() -> None:
    """Import all that answers requests."""
    from django.urls import reverse

    import_module(MODULE)
    # Imports the views, which a first request would do.
    reverse("home")


def share_memory() -> None:
    """Load what workers share, where they are forks."""
    if multiprocessing.get_start_method() != "fork":
        return
    load_application()
    gc.collect()
    # The collector writes into all that it looks at, and so would copy it into each worker.
    gc.freeze()


class EarlierWorkers:
    """Workers of the process that this one was before it loaded the code anew."""

    def __init__(self, processes: list[int]) -> None:
        self.processes = processes
        self.is_over = Event()
        self.thread = Thread(target=self.end_after_overlap)

    def end_after_overlap(self) -> None:
        self.is_over.wait(OVERLAP_SECONDS)
        self.send(signal.SIGTERM)
        give_up_at = time.monotonic() + WORKERS_STOP_SECONDS
        while self.alive() and time.monotonic() < give_up_at:
            time.sleep(0.05)
        self.send(signal.SIGKILL)

    def alive(self) -> list[int]:
        """Those that did not end; the ids of others are given back to the system."""
        self.processes = [process for process in self.processes if not has_ended(process)]
        return self.processes

    def send(self, number: signal.Signals) -> None:
        for process in self.alive():
            with suppress(ProcessLookupError):
                os.kill(process, number)


def has_ended(process: int) -> bool:
    try:
        return os.waitpid(process, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True


def load_anew(earlier: EarlierWorkers) -> None:
    """Become a process with the present code, if it loads; else go on with the code as it was."""
    if subprocess.run([sys.executable, "-c", LOAD], check=False).returncode:
        logger.error("the present code does not load: the server goes on with the code before it")
        return
    workers = [each.pid for each in multiprocessing.active_children() if each.pid]
    os.environ[EARLIER_WORKERS] = " ".join(map(str, workers + earlier.alive()))
    # Block signals until the new process handles them: one now would end it and orphan the workers.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def listen() -> None:
    """Hear signals again, which `load_anew` held back. Raises SystemExit if one said to stop."""
    if signal.sigpending() & {signal.SIGTERM, signal.SIGINT}:
        sys.exit()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def serve(host: str, port: int, workers: int, log_level: LogLevels) -> None:
    earlier = EarlierWorkers([int(each) for each in os.environ.pop(EARLIER_WORKERS, "").split()])
    try:
        share_memory()
        server = Granian(
            f"{MODULE}:application",
            address=host,
            port=port,
            workers=workers,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
            websockets=False,
            backpressure=CONNECTIONS,
            respawn_failed_workers=True,
            respawn_interval=OVERLAP_SECONDS,
            workers_kill_timeout=WORKERS_STOP_SECONDS,
            log_level=log_level,
        )
        server.on_startup(listen)
        server.on_reload(lambda: load_anew(earlier))
        if earlier.processes:
            earlier.thread.start()
        server.serve()
    finally:
        earlier.is_over.set()
        if earlier.thread.ident:
            earlier.thread.join()
        elif earlier.processes:
            earlier.end_after_overlap()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recovery_site.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--log-level", type=LogLevels, default=LogLevels.warning)
    options = parser.parse_args()
    if sys.platform == "linux":
        # Granian would spawn workers where forking is not the usual way.
        multiprocessing.set_start_method("fork")
    serve(options.host, options.port, options.workers, options.log_level)


if __name__ == "__main__":
    main()
