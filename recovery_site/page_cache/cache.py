"""Cached pages in memory and on disk, as one process has them."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from .disk import PageFolders
from .pages import CachedPage
from .release import release_id
from .version import NUMBER_PLACE, SharedVersion

logger = logging.getLogger(__name__)

MEMORY_BYTES = 12 * 1024 * 1024
LOG_SECONDS = 5
LOCK_COUNT = 1024
# Touched when a stale copy is served.
STALE_MARK = "stale_copy_served"


def site_folder() -> Path:
    return Path(settings.DATA_DIR) / "pages"


def site_cache(memory_bytes: int = MEMORY_BYTES) -> PageCache:
    """The page cache of this site. Raises OSError if its folder cannot be written."""
    return PageCache(site_folder(), release_id(), memory_bytes)


def served_stale_copy(folder: Path, seconds: float) -> bool:
    """Whether a process of this machine served a stale copy in the last `seconds`."""
    try:
        return 0 <= time.time() - (folder / STALE_MARK).stat().st_mtime < seconds
    except OSError:
        return False


class PageCache:
    """Raises OSError if `folder` cannot be written."""

    def __init__(self, folder: Path, release: str, memory_bytes: int = MEMORY_BYTES) -> None:
        self.folder, self.memory_bytes = folder, memory_bytes
        self.version = SharedVersion(folder)
        self.numbers = self.version.numbers
        self.disk = PageFolders(folder, release, self.log)
        self.pages: dict[str, CachedPage] = {}
        self.bytes = 0
        # The version of the pages in memory.
        self.number = 0
        self._published: tuple[int, frozenset[str]] = (-1, frozenset())
        self._memory = threading.Lock()
        self._logged_at = -float(LOG_SECONDS)
        self.locks = folder / "locks"
        self.locks.mkdir(exist_ok=True)
        self.show()

    def show(self) -> None:
        """Let nginx serve what this process would: the current version, or nothing."""
        if number := self.version.number:
            self.disk.show(number)
        else:
            self.disk.hide()

    def has_adopted(self, number: int) -> bool:
        """Whether `number` is the current version and its published addresses are noted."""
        return self.version.number == number and self.disk.has_published(number)

    def adopt(self, number: int, published: list[str]) -> None:
        """Make `number` the current version, at which visitors may see the `published` addresses.

        The caller locks the version.
        """
        try:
            self.disk.write_published(number, published)
        except OSError as error:
            # Without the list no stale copy is served, since its page may be withdrawn.
            self.log("what is published cannot be noted (%s)", type(error).__name__)
        self.disk.show(number)
        # Last: a process that sees this number relies on nginx to serve no older page.
        self.version.number = number

    def remove_others(self, number: int) -> None:
        """Remove all other versions: every page of `number` is made.

        Nothing is removed if `number` is not current any more: a newer version's pages may be in
        the memory of processes that would not write them again.
        """
        with self.version.locked():
            others = self.disk.others(number) if number == self.version.number else []
        for folder in others:
            shutil.rmtree(folder, ignore_errors=True)

    def in_memory(self, path: str) -> CachedPage | None:
        """The current page at `path` if it is in memory; nearly every request ends here."""
        if self.numbers[NUMBER_PLACE] == self.number:
            return self.pages.get(path)
        self._forget_all()
        return None

    def fresh(self, path: str) -> CachedPage | None:
        """The page at `path` if this or another process made it at the current version."""
        if page := self.in_memory(path):
            return page
        number = self.version.number
        page = self.disk.load(self.disk.folder(number), path) if number else None
        if page:
            self.remember(page, number)
        return page

    def stale(self, path: str) -> CachedPage | None:
        """The page at `path` as it last was, unless it was taken off the site since."""
        number = self.version.number
        if path not in self.published(number):
            return None
        # From disk alone: a process that missed changes has older pages in its memory.
        return self.disk.find_earlier(number, path)[0]

    def published(self, number: int) -> frozenset[str]:
        """The addresses that visitors may see at version `number`; none if that is unknown."""
        if self._published[0] != number or number == 0 or not self._published[1]:
            try:
                self._published = (number, frozenset(self.disk.read_published(number)))
            except OSError as error:
                self.log("what is published cannot be read (%s)", type(error).__name__)
                self._published = (-1, frozenset())
        return self._published[1]

    def store(self, path: str, response: Any, number: int) -> CachedPage:
        """Make a page of `response`, which was begun at version `number`, and cache it."""
        earlier, folder = self.disk.find_earlier(number, path)
        page = CachedPage.from_response(path, response, earlier)
        if number:
            self.remember(page, number)
            same = folder if earlier and earlier.digest == page.digest else None
            try:
                self.disk.save(number, page, same)
            except OSError as error:
                self.log("a page cannot be kept on disk (%s)", type(error).__name__)
        return page

    def remember(self, page: CachedPage, number: int) -> None:
        """Keep `page` in memory; drop the oldest pages when it is full.

        A picture comes from the disk each time: a few would take the place of all pages.
        """
        if page.is_picture:
            return
        with self._memory:
            if number != self.number:
                return
            if earlier := self.pages.pop(page.path, None):
                self.bytes -= earlier.size
            self.pages[page.path] = page
            self.bytes += page.size
            while self.bytes > self.memory_bytes and self.pages:
                oldest = next(iter(self.pages))
                self.bytes -= self.pages.pop(oldest).size

    def _forget_all(self) -> None:
        with self._memory:
            self.pages, self.bytes = {}, 0
            self.number = self.version.number

    def lock_file(self, path: str) -> Path:
        """The file that the maker of the page at `path` locks; a few pages share one."""
        return self.locks / str(zlib.crc32(path.encode()) % LOCK_COUNT)

    def note_stale(self, why: str) -> None:
        """Say in the log, and to /readyz, that stale copies are being served."""
        self.log("a stale copy of a page is served: %s", why)
        if not served_stale_copy(self.folder, LOG_SECONDS):
            with suppress(OSError):
                (self.folder / STALE_MARK).touch()

    def log(self, message: str, *values: object) -> None:
        """Log at most once in LOG_SECONDS: a fault of one page is mostly a fault of many."""
        if time.monotonic() - self._logged_at >= LOG_SECONDS:
            self._logged_at = time.monotonic()
            logger.error(message, *values)
