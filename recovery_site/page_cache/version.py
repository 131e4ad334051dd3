"""The content version of this machine: one number in memory that all its processes share."""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Places of two 8-byte numbers: the boot that wrote the version, and the version.
BOOT_PLACE, NUMBER_PLACE = 0, 1
SIZE = 16


def boot_id() -> int:
    """A number that identifies this boot of the machine; 0 where the system gives none."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return 0
    return int(text.replace("-", ""), 16) >> 65


class SharedVersion:
    """The version in a file that is mapped into memory. Raises OSError if it cannot be written."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o775, parents=True, exist_ok=True)
        # The size is in the name, so a mapped file is never truncated.
        self.path = folder / f"content_version.{SIZE}"
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # Preallocate: writing a sparse mmap on a full disk raises SIGBUS.
            os.posix_fallocate(file.fileno(), 0, SIZE)
            self.numbers = memoryview(mmap.mmap(file.fileno(), SIZE)).cast("Q")
            if self.numbers[BOOT_PLACE] != boot_id():
                # After a power cut the number may be older than pages made at a later one.
                self.numbers[NUMBER_PLACE] = 0
                self.numbers[BOOT_PLACE] = boot_id()
            # The mapping keeps the file open, and with it the lock.
            fcntl.flock(file, fcntl.LOCK_UN)

    @property
    def number(self) -> int:
        """The version whose pages are current; 0 if it was not read since the machine started."""
        return self.numbers[NUMBER_PLACE]

    @number.setter
    def number(self, number: int) -> None:
        self.numbers[NUMBER_PLACE] = number

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes and threads from changing the number. Not reentrant."""
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
