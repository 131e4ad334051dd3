"""One background process for each DATA_DIR, which ends when it is told to."""

from __future__ import annotations

import fcntl
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TextIO

from django.conf import settings
from django.core.management import CommandError

stop_requested = Event()


@contextmanager
def only_one(wait_seconds: float) -> Iterator[bool]:
    """Hold DATA_DIR's lock; the system drops it when the process ends, however it ends.

    Wait for another process that holds it, and raise CommandError when the time is over. False
    when `stop_requested` ended the wait.
    """
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    give_up_at = time.monotonic() + wait_seconds
    with (folder / "run_jobs.lock").open("w") as file:
        while not try_to_lock(file):
            if time.monotonic() >= give_up_at:
                raise CommandError(f"run_jobs is already running for {folder}.")
            if stop_requested.wait(0.1):
                yield False
                return
        yield True


def try_to_lock(file: TextIO) -> bool:
    """Try to lock it, and say whether that succeeded."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT end the loop after the job that is running."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: stop_requested.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
