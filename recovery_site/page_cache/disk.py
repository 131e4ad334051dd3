"""Cached pages as plain files: a folder for each version and release, which nginx serves as well.

    pages/current -> versions/<number>-<release>     what nginx serves
    pages/versions/<number>-<release>/faq/           index.html, .gz, .br and page.json
    pages/versions/<number>-<release>/pictures/…/    picture.webp and page.json
    pages/published/<number>                         addresses that visitors may see then

A page is whole once its `page.json` is there, which is written last. Pages whose bytes are those of
an earlier version are hard links to its files. Folders of earlier versions hold the stale copies,
until all pages of the current one are made.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from recovery_site.http.negotiation import BR, GZIP, IDENTITY

from .pages import PICTURE_TYPE, CachedPage

CODING_SUFFIXES = {IDENTITY: "", GZIP: ".gz", BR: ".br"}
DESCRIPTION = "page.json"
# More earlier versions than these are joined into one folder.
MAX_EARLIER = 6
# Reading a file for ourselves does not count as a visit (see `last_read`).
NO_ATIME = getattr(os, "O_NOATIME", 0)


class PageFolders:
    """The folders in `root`, shared by all processes of the machine."""

    def __init__(self, root: Path, release: str, log: Callable[..., object]) -> None:
        self.root, self.release, self.log = root, release, log
        self.versions, self.current = root / "versions", root / "current"
        self.published = root / "published"
        for folder in (self.versions, self.published):
            folder.mkdir(mode=0o775, parents=True, exist_ok=True)

    def folder(self, number: int) -> Path:
        """Where this release keeps the pages of version `number`."""
        return self.versions / f"{number:020d}-{self.release}"

    def earlier(self, number: int) -> list[Path]:
        """Folders of earlier versions, and of other releases, the newest first."""
        own = self.folder(number).name
        try:
            names = [each.name for each in self.versions.iterdir() if each.name != own]
        except OSError as error:
            self.log("cached pages cannot be read (%s)", type(error).__name__)
            return []
        last = f"{number:020d}~" if number else "~"
        return [self.versions / name for name in sorted(names, reverse=True) if name < last]

    def load(self, folder: Path, path: str, flags: int = 0) -> CachedPage | None:
        """The page at `path`; None if it is not in `folder`, or damaged. `flags`: see os.open."""
        place = place_of(folder, path)
        try:
            text = _read(place / DESCRIPTION, flags).decode()
            description = json.loads(text)
            stem = stem_of(text)
            kept = description["checks"]
            bodies = {n: _read(place / f"{stem}{CODING_SUFFIXES[n]}", flags) for n in kept}
            page = CachedPage.from_description(description, bodies)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.log("a cached page cannot be read (%s)", type(error).__name__)
            return None
        except (ValueError, TypeError, KeyError) as error:
            self.log("a cached page is damaged (%s) and ignored", type(error).__name__)
            return None
        return page if page.path == path else None

    def is_there(self, number: int, path: str) -> bool:
        return (place_of(self.folder(number), path) / DESCRIPTION).exists()

    def find_earlier(self, number: int, path: str) -> tuple[CachedPage, Path] | tuple[None, None]:
        """The newest copy of an earlier version, and its folder."""
        for folder in self.earlier(number):
            if page := self.load(folder, path, NO_ATIME):
                return page, folder
        return None, None

    def save(self, number: int, page: CachedPage, same: Path | None = None) -> None:
        """Write `page`; folder `same` has the same bytes. Raise OSError if the disk refuses."""
        place = place_of(self.folder(number), page.path)
        place.mkdir(mode=0o775, parents=True, exist_ok=True)
        text = page.description()
        stem = stem_of(text)
        for name in page.codings:
            file = place / f"{stem}{CODING_SUFFIXES[name]}"
            if same is None or not _link(place_of(same, page.path) / file.name, file):
                _write(file, page.body(name), page.modified)
        file = place / DESCRIPTION
        if same is None or not _link_same(place_of(same, page.path) / DESCRIPTION, file, text):
            _write(file, text.encode(), page.modified)

    def show(self, number: int) -> None:
        """Let nginx serve this release's pages of version `number`, and no others."""
        folder = self.folder(number)
        target = f"{self.versions.name}/{folder.name}"
        try:
            if self.current.is_symlink() and self.current.readlink() == Path(target):
                return
            with suppress(OSError):
                folder.mkdir(mode=0o775, exist_ok=True)
            self._remove_copy()
            with _new_file(self.current) as new:
                new.symlink_to(target)
        except OSError as error:
            # nginx then finds no page and asks the application.
            self.hide()
            self.log("nginx gets no pages (%s)", type(error).__name__)

    def hide(self) -> None:
        """Let nginx serve no page."""
        try:
            self._remove_copy()
            self.current.unlink(missing_ok=True)
        except OSError as error:
            self.log("nginx may serve old pages (%s)", type(error).__name__)

    def _remove_copy(self) -> None:
        """Remove a folder where the link belongs: a copy of the site may have followed the link.

        Its pages would be served for ever, also after they were taken off the site.
        """
        if self.current.is_dir() and not self.current.is_symlink():
            aside = self.current.with_name(f".{self.current.name}.copy")
            shutil.rmtree(aside, ignore_errors=True)
            shutil.rmtree(self.current.replace(aside))

    def write_published(self, number: int, paths: list[str]) -> None:
        """Note which pages visitors may see, in the order in which they are warmed."""
        _write(self.published / str(number), "\n".join(paths).encode())
        for file in self.published.iterdir():
            if file.name != str(number):
                file.unlink(missing_ok=True)

    def has_published(self, number: int) -> bool:
        return (self.published / str(number)).exists()

    def read_published(self, number: int) -> list[str]:
        """Addresses that visitors may see at version `number` (0: the last); empty if unknown."""
        numbers = sorted(int(file.name) for file in self.published.iterdir() if file.name.isdigit())
        if number == 0 and numbers:
            number = numbers[-1]
        try:
            return (self.published / str(number)).read_text().split("\n")
        except FileNotFoundError:
            return []

    def last_read(self, number: int, path: str) -> float:
        """When a visitor last read the page at an earlier version, in Unix time; 0 if never.

        The system notes the first reading after a file was written (Linux: relatime).
        """
        for folder in self.earlier(number)[:1]:
            with suppress(OSError), os.scandir(place_of(folder, path)) as files:
                found = [each.stat() for each in files if each.name != DESCRIPTION]
                return max((f.st_atime for f in found if f.st_atime > f.st_mtime + 1), default=0)
        return 0

    def others(self, number: int) -> list[Path]:
        """Folders of all versions but `number`."""
        own = f"{number:020d}-"
        return [folder for folder in self.versions.iterdir() if not folder.name.startswith(own)]

    def join_earlier(self, number: int) -> None:
        """Keep the number of folders small while versions come faster than their pages are made."""
        while len(folders := self.earlier(number)) > MAX_EARLIER:
            newer, oldest = folders[-2:]
            for description in oldest.rglob(DESCRIPTION):
                place = newer / description.parent.relative_to(oldest)
                if not (place / DESCRIPTION).exists():
                    place.mkdir(mode=0o775, parents=True, exist_ok=True)
                    for file in [*description.parent.glob("*.*"), description]:
                        if file.is_file():
                            file.replace(place / file.name)
            shutil.rmtree(oldest)


def place_of(folder: Path, path: str) -> Path:
    """The folder of one page. Parts of dots alone would lead elsewhere, so they are quoted."""
    parts = [quote(part, safe="") for part in path.split("/") if part]
    return folder.joinpath(*("%2E" if part.strip(".") == "" else part for part in parts))


def stem_of(description: str) -> str:
    """The files' name, by which nginx knows what it serves: only HTML and pictures have endings."""
    if f'"{PICTURE_TYPE}"' in description:
        return "picture.webp"
    return "index.html" if '"text/html' in description else "body"


def _read(file: Path, flags: int) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | flags)
    with open(descriptor, "rb") as opened:
        return opened.read()


class _new_file:  # noqa: N801 - used as a function
    """A temporary name beside `file`; its content replaces `file` at the end."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.new = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}.new")

    def __enter__(self) -> Path:
        self.new.unlink(missing_ok=True)
        return self.new

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.new.replace(self.file)
        finally:
            # Renaming a link to another link of the same file does nothing.
            self.new.unlink(missing_ok=True)


def _write(file: Path, content: bytes, modified: int | None = None) -> None:
    """Write so that a reader, or a power cut, meets the old content or the new one."""
    with _new_file(file) as new:
        with new.open("wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        if modified is not None:
            os.utime(new, (modified, modified))


def _link(source: Path, file: Path) -> bool:
    """Whether `file` is now a hard link to `source`; not every file system has them."""
    try:
        with _new_file(file) as new:
            os.link(source, new)
    except OSError:
        return False
    return True


def _link_same(source: Path, file: Path, text: str) -> bool:
    try:
        return source.read_text() == text and _link(source, file)
    except OSError:
        return False
