"""Processor time and memory of processes, from Linux's /proc: see proc(5)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

TICK = 1 / os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


class Memory(NamedTuple):
    """Bytes of a process: resident, proportional share of shared pages, private alone."""

    rss: int = 0
    pss: int = 0
    uss: int = 0


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none if the process is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return []
    # The process name may hold spaces and brackets.
    return text.rpartition(")")[2].split()


def parent(process: int) -> int:
    """The process that started it; 0 if it is gone."""
    fields = _stat(process)
    return int(fields[1]) if fields else 0


def family(roots: Iterable[int]) -> list[int]:
    """The processes and all that they started, directly or not."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = list(roots)
    for process in found:
        found += children.get(process, [])
    return found


def seconds(roots: Iterable[int]) -> float:
    """Processor time of the families, user and system, with that of their ended children."""
    spent = (_stat(process)[11:15] for process in family(roots))
    return TICK * sum(int(ticks) for fields in spent for ticks in fields)


def machine_seconds() -> float:
    """Processor time that the whole machine has spent or lost to its host."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _wait, interrupts, soft, stolen = map(int, fields[:8])
    return TICK * (user + nice + system + interrupts + soft + stolen)


def memory(process: int) -> Memory:
    """Memory of one process; zeros if the system does not tell."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return Memory()
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:]}
    own = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return Memory(sizes["Rss"], sizes["Pss"], own)


def largest_worker(root: int) -> Memory:
    """The memory of the largest process that `root` started."""
    workers = [memory(process) for process in family([root])[1:]]
    return max(workers, default=memory(root))


def command_line(process: int) -> str:
    """The words with which it was started; empty if the process is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def model() -> str:
    """The processor's name and how many of it there are."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.partition(':')[2].strip()}, {CORES} cores"
    return f"{os.uname().machine}, {CORES} cores"
