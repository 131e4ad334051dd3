"""Files in which visitors' requests leave what `run_jobs` counts, so that they need no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

MOST_BYTES = 100_000


class TallyFile:
    """A file of DATA_DIR whose lines are counted into the database and then removed."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / self.name

    def add(self, line: str, times: int = 1) -> bool:
        """Write `line`; return False, and write nothing, while the file is full.

        Raises OSError.
        """
        if self.path.exists() and self.path.stat().st_size > MOST_BYTES:
            return False
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n" * times)
        return True

    def collect(self, count: Callable[[str, int], object]) -> int:
        """Call `count` with each line and how often it was written; return how many lines."""
        taken = self.path.with_suffix(".taken")
        if not taken.exists():
            if not self.path.exists():
                return 0
            self.path.replace(taken)
        lines = Counter(taken.read_text("utf-8").splitlines())
        with transaction.atomic():
            for line, times in sorted(lines.items()):
                count(line, times)
        taken.unlink()
        return lines.total()
