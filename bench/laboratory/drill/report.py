"""Each promise, and what the drill saw of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Verdict(NamedTuple):
    what: str
    seen: str
    promised: str
    is_kept: bool


class Report:
    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []

    def add(self, what: str, seen: str, promised: str = "", *, is_kept: bool = True) -> None:
        self.verdicts.append(Verdict(what, seen, promised, is_kept))
        print(f"  {'ok    ' if is_kept else 'BROKEN'} {what}: {seen}", flush=True)

    @property
    def is_kept(self) -> bool:
        return all(verdict.is_kept for verdict in self.verdicts)

    def table(self) -> str:
        lines = ["| | seen | promised | |", "|---|---|---|---|"]
        lines += [
            f"| {v.what} | {v.seen} | {v.promised} | {'' if v.is_kept else '**broken**'} |"
            for v in self.verdicts
        ]
        return "\n".join(lines)

    def write(self, path: Path, about: str) -> None:
        path.write_text(f"# The drill\n\nWritten by `make drill`. {about}\n\n{self.table()}\n")
