"""Starting programs, waiting for them, and ending them as a power cut would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.laboratory.cpu import family
from bench.laboratory.servers import ROOT


class Broken(Exception):
    """The drill itself could not go on; the text says at what."""


def start(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd="/" if user else ROOT,
            env=environment,
            user=user,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def run(command: Sequence[str | Path], **options: Any) -> str:
    """What the command printed. Raises Broken when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise Broken(f"{Path(command[0]).name} failed: {last}")
    return done.stdout


def wait_until(what: Callable[[], Any], seconds: float, wanted: str, every: float = 0.05) -> Any:
    """Poll until `what()` is truthy and return it. Raises Broken."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := what():
            return result
        time.sleep(every)
    raise Broken(f"waited {seconds:.0f} s in vain for {wanted}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and all below it at once: nothing can be tidied up."""
    everybody = family([process.pid])
    # Nobody may start a child while its parent is being killed.
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
    process.wait()
