"""Every state of a folder that a crash may leave, from the calls that wrote it.

The recorder notes each call that changes the folder. What was not synced then may be on the disk or
not: of changed names any may be missing, of written bytes all, none, half of them, or zeros in
their place. A process that is killed leaves all of it, which is one of these states.
"""

from __future__ import annotations

import builtins
import io
import itertools
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

CALLS = (
    *("open", "fsync", "link", "replace", "rename", "unlink", "remove", "mkdir", "rmdir"),
    *("symlink", "utime", "chmod", "truncate"),
)
# Of so many unsynced changes all combinations are tried; of more, each alone and each missing.
ALL_COMBINATIONS = 3
# The node of the folder that is recorded.
ROOT = 0
REAL = {name: getattr(os, name) for name in CALLS} | {"io.open": io.open}


class Content(NamedTuple):
    """`kind` is file, folder or link; `data` the bytes, or where a link leads."""

    kind: str
    data: bytes
    changed_at: int


class Step(NamedTuple):
    """One change. `names`: path and new node (None: gone), all at once. `database`: as of then."""

    names: dict[str, int | None]
    contents: dict[int, Content]
    synced: int | None
    database: Any


class State(NamedTuple):
    """`position`: so many steps were made. `is_last`: the call had come to its end."""

    position: int
    is_last: bool
    files: dict[str, Content]
    database: Any

    def put_into(self, folder: Path) -> None:
        for name, content in sorted(self.files.items()):
            path = folder / name
            if content.kind == "folder":
                path.mkdir()
            elif content.kind == "link":
                path.symlink_to(content.data.decode())
            else:
                path.write_bytes(content.data)
                os.utime(path, ns=(content.changed_at, content.changed_at))


class Recorder:
    def __init__(self, root: Path, database: Callable[[], Any]) -> None:
        self.root, self.database = root, database
        self.steps: list[Step] = []
        found = root.stat()
        self.nodes: dict[tuple[int, int], int] = {(found.st_dev, found.st_ino): ROOT}
        self.held: list[int] = []
        self.names, self.contents = self._look()
        self.first_names, self.first_contents = dict(self.names), dict(self.contents)
        self.first_database = database()

    def note(self, synced: int | None = None) -> None:
        names, contents = self._look()
        changed = {
            path: names.get(path)
            for path in names.keys() | self.names.keys()
            if names.get(path) != self.names.get(path)
        }
        written = {
            node: content
            for node, content in contents.items()
            if self.contents.get(node) != content
        }
        state = self.database()
        last = self.steps[-1].database if self.steps else self.first_database
        if changed or written or synced is not None or state != last:
            self.steps.append(Step(changed, written, synced, state))
        self.names, self.contents = names, contents

    def _look(self) -> tuple[dict[str, int], dict[int, Content]]:
        names, contents = {}, {}
        for path in sorted(self.root.rglob("*")):
            found = path.lstat()
            place = (found.st_dev, found.st_ino)
            if place not in self.nodes:
                # Held open, so that its number is given to no other file.
                flags = os.O_PATH if path.is_symlink() or path.is_dir() else os.O_RDONLY
                self.held.append(REAL["open"](path, flags | os.O_NOFOLLOW))
                self.nodes[place] = len(self.nodes)
            node = names[str(path.relative_to(self.root))] = self.nodes[place]
            if node not in contents:
                contents[node] = _content(path, found)
        return names, contents

    def node_of(self, descriptor: int) -> int | None:
        found = os.fstat(descriptor)
        return self.nodes.get((found.st_dev, found.st_ino))


def _content(path: Path, found: os.stat_result) -> Content:
    if stat.S_ISLNK(found.st_mode):
        return Content("link", str(path.readlink()).encode(), 0)
    if stat.S_ISDIR(found.st_mode):
        return Content("folder", b"", 0)
    with REAL["io.open"](path, "rb") as file:
        return Content("file", file.read(), found.st_mtime_ns)


@contextmanager
def recording(root: Path, database: Callable[[], Any] = lambda: None) -> Iterator[Recorder]:
    """Note all that the calls of this process change below `root`."""
    recorder = Recorder(root, database)

    def noted(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            # What was written before it, by itself: writing has no name here.
            recorder.note()
            if name == "fsync":
                # The system may take long; nothing here waits for a disk.
                return recorder.note(recorder.node_of(arguments[0]))
            done = REAL[name](*arguments, **options)
            recorder.note()
            return done

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, noted(name))
        patch.setattr(io, "open", noted("io.open"))
        patch.setattr(builtins, "open", io.open)
        try:
            yield recorder
        finally:
            recorder.note()
            for descriptor in recorder.held:
                os.close(descriptor)


def crash_states(
    recorder: Recorder,
    combinations: int = ALL_COMBINATIONS,
    matters: Callable[[str], bool] = lambda path: True,
) -> Iterator[State]:
    """Yield each state that a crash may leave, before, between and after all steps.

    Of states in which all files that matter are alike, it yields one.
    """
    steps, seen = recorder.steps, set()
    for position in range(len(steps) + 1):
        is_last = position == len(steps)
        database = steps[position - 1].database if position else recorder.first_database
        open_changes = [i for i in range(position) if not _is_durable(recorder, i, position)]
        for kept in _choices([i for i in open_changes if steps[i].names], combinations):
            names = dict(recorder.first_names)
            for i in range(position):
                if i not in open_changes or i in kept:
                    names |= steps[i].names
            there = {path: node for path, node in names.items() if node is not None}
            for lost in ("nothing", "everything", "half", "words"):
                files = {
                    path: _left(recorder, node, position, lost)
                    for path, node in there.items()
                    if all(str(parent) in there for parent in Path(path).parents[:-1])
                }
                mark = (database, is_last, _mark(files, matters))
                if mark not in seen:
                    seen.add(mark)
                    yield State(position, is_last, files, database)


def _mark(files: dict[str, Content], matters: Callable[[str], bool]) -> frozenset[Any]:
    return frozenset(
        (path, content.kind, content.data) for path, content in files.items() if matters(path)
    )


def _is_durable(recorder: Recorder, change: int, position: int) -> bool:
    """Whether each folder in which the change renamed something was synced after it."""
    folders = {
        _node_of_folder(recorder, str(Path(path).parent)) for path in recorder.steps[change].names
    }
    synced = {step.synced for step in recorder.steps[change + 1 : position]}
    return folders <= synced


def _node_of_folder(recorder: Recorder, folder: str) -> int | None:
    if folder == ".":
        return ROOT
    found = [recorder.first_names.get(folder), *(step.names.get(folder) for step in recorder.steps)]
    return next((node for node in found if node is not None), None)


def _choices(changes: list[int], combinations: int) -> Iterator[set[int]]:
    """Which of the changes are on the disk."""
    if len(changes) <= combinations:
        for size in range(len(changes) + 1):
            yield from map(set, itertools.combinations(changes, size))
        return
    for place, change in enumerate(changes):
        yield {change}
        yield set(changes) - {change}
        yield set(changes[:place])
    yield set(changes)


def _left(recorder: Recorder, node: int, position: int, lost: str) -> Content:
    """What is left of a file's bytes."""
    nothing = Content(recorder.contents.get(node, Content("file", b"", 0)).kind, b"", 0)
    synced = now = recorder.first_contents.get(node, nothing)
    for step in recorder.steps[:position]:
        now = step.contents.get(node, now)
        if step.synced == node:
            synced = now
    # A time alone is written with the names, in their order.
    if now.kind != "file" or lost == "nothing" or now.data == synced.data:
        return now
    if lost == "everything":
        return synced
    if lost == "half":
        return now._replace(data=now.data[: len(now.data) // 2])
    return now._replace(data=bytes(len(now.data)))
