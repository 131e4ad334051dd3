"""What has changed since a page was made, in memory that all processes of a machine share.

Every page has a few tags (`article:5`, `helplines`). Each tag counts in one of SLOTS counters; a
change raises those of its tags. Two tags that share a counter cost a page more than need be, never
a page too few. One counter over all of them tells at a glance that nothing has changed, which is
nearly always so.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

MAGIC = 0x7061676573_0001
SLOTS = 4096
# Numbers of eight bytes: magic, epoch, boot, all changes, the last counted change, the last one
# that is being counted; counters.
EPOCH, BOOT, ALL, LAST, COUNTING, FIRST_SLOT = 1, 2, 3, 4, 5, 6
SIZE = 8 * (FIRST_SLOT + SLOTS)


def slot_of(tag: str) -> int:
    digest = hashlib.blake2b(tag.encode(), digest_size=8).digest()
    return FIRST_SLOT + int.from_bytes(digest) % SLOTS


def boot() -> int:
    """A number of this start of the machine, 0 where the system tells none."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return 0
    return int(text.replace("-", ""), 16) >> 65


class Generations:
    """The counters of one folder. Raises OSError where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Of another size it would be another file: nothing ever shrinks under a reader.
        self.path = folder / f"generations.{SIZE}"
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # With its room on disk: where a full disk has none, writing would end the process.
            os.posix_fallocate(file.fileno(), 0, SIZE)
            memory = mmap.mmap(file.fileno(), SIZE)
            self.numbers = memoryview(memory).cast("Q")
            if (self.numbers[0], self.numbers[BOOT]) != (MAGIC, boot()):
                # After a power cut the counters may be older than pages that were made with them.
                last = self.numbers[LAST]
                header = (MAGIC, secrets.randbits(63), boot(), 1, last, last)
                memory[: FIRST_SLOT * 8] = struct.pack("=6Q", *header)
            # The mapping keeps the file open, and with it the lock.
            fcntl.flock(file, fcntl.LOCK_UN)

    @property
    def epoch(self) -> int:
        """Another number whenever no earlier page may count as fresh."""
        return self.numbers[EPOCH]

    @property
    def all(self) -> int:
        """How many times anything changed."""
        return self.numbers[ALL]

    @property
    def last(self) -> int:
        """The id of the last counted row of Change."""
        return self.numbers[LAST]

    def now(self) -> memoryview:
        """A copy of all numbers, to be taken before a page is made."""
        return memoryview(bytes(self.numbers)).cast("Q")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nothing is counted meanwhile. Not to be entered twice by one thread."""
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def count(self, tags: Iterable[str], last: int, drop: Callable[[set[int]], object]) -> None:
        """Count changes of `tags`, of which `last` is the newest; `locked` by the caller.

        `drop` is told which counters were raised; if it fails, the changes will be counted again.
        """
        slots = {slot_of(tag) for tag in tags}
        # Before the counters: a page that is made with them must show this change.
        self.numbers[COUNTING] = last
        for slot in slots:
            self.numbers[slot] += 1
        # After the counters: who sees this number sees them too.
        self.numbers[ALL] += 1
        drop(slots)
        self.numbers[LAST] = last

    def begin_epoch(self) -> None:
        """Let no page that was made so far count as fresh; `locked` by the caller."""
        self.numbers[EPOCH] = secrets.randbits(63)

    def count_everything(self, last: int, drop: Callable[[], object]) -> None:
        """Let no page count as fresh; `locked` by the caller."""
        self.numbers[COUNTING] = last
        self.begin_epoch()
        self.numbers[ALL] += 1
        drop()
        self.numbers[LAST] = last
