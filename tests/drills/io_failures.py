"""One call after another fails, as where a disk is full or broken."""

from __future__ import annotations

import builtins
import errno
import io
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

CALLS = (
    *("open", "write", "fsync", "link", "replace", "rename", "unlink", "remove", "mkdir", "rmdir"),
    *("symlink", "readlink", "utime", "scandir", "stat", "listdir"),
)
REASONS = (errno.EIO, errno.ENOSPC)


class _Written:
    """A file whose writing is a call like the others."""

    def __init__(self, file: Any, count: Callable[[], None]) -> None:
        self.file, self.count = file, count

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> _Written:
        self.file.__enter__()
        return self

    def __exit__(self, *what: Any) -> None:
        self.file.__exit__(*what)

    def __iter__(self) -> Any:
        return iter(self.file)

    def write(self, data: Any) -> int:
        self.count()
        return int(self.file.write(data))

    def flush(self) -> None:
        self.count()
        self.file.flush()


def failures(
    root: Path, reasons: Iterable[int] = REASONS
) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Yield a way to run something in which the first call below `root` fails, then the second …

    It ends with one in which nothing fails any more.
    """
    for reason in reasons:
        for number in itertools.count(1):
            happened: list[str] = []
            yield lambda run: _with_failure(root, number, reason, happened, run)  # noqa: B023
            if not happened:
                break


def _with_failure(
    root: Path, number: int, reason: int, happened: list[str], run: Callable[[], Any]
) -> Any:
    calls = itertools.count(1)

    def count(name: str = "write") -> None:
        if next(calls) == number:
            happened.append(name)
            raise OSError(reason, os.strerror(reason))

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if arguments and is_below(root, arguments[0]):
                count(name)
            done = real(*arguments, **options)
            is_written = name == "io.open" and done.writable() and is_below(root, done.fileno())
            return _Written(done, count) if is_written else done

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, failing(name, getattr(os, name)))
        patch.setattr(io, "open", failing("io.open", io.open))
        patch.setattr(builtins, "open", io.open)
        return run()


def is_below(root: Path, what: Any) -> bool:
    if isinstance(what, int):
        try:
            what = Path(f"/proc/self/fd/{what}").readlink()
        except OSError:
            return False
    try:
        return os.fspath(what).startswith(str(root))
    except (TypeError, ValueError):
        return False
