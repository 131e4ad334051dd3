"""How far a long piece of work is, on the terminal of whoever waits for it."""

from __future__ import annotations

import sys
import time
from typing import TextIO

LINE_SECONDS, LOG_SECONDS = 0.1, 10.0


class ProgressBar:
    """A line that grows; where the output is no terminal, a line every ten seconds."""

    def __init__(self, total: int, output: TextIO | None = None) -> None:
        self.total, self.output = total, output or sys.stderr
        self.done = 0
        self.begun = self.shown_at = time.monotonic()
        self.is_terminal = self.output.isatty()

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count
        pause = LINE_SECONDS if self.is_terminal else LOG_SECONDS
        if time.monotonic() - self.shown_at >= pause:
            self.show()

    def show(self) -> None:
        self.shown_at = time.monotonic()
        total = max(self.total, self.done, 1)
        seconds_left = (self.shown_at - self.begun) / max(self.done, 1) * (total - self.done)
        text = f"{self.done:>9,} of {total:,}, {seconds_left:4.0f} s left"
        if self.is_terminal:
            text = f"\r{'█' * round(30 * self.done / total):<30} {text}"
        self.output.write(text + ("" if self.is_terminal else "\n"))
        self.output.flush()

    def end(self) -> None:
        self.show()
        if self.is_terminal:
            self.output.write("\n")
