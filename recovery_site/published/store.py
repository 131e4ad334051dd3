"""Pages in memory, on disk and before nginx, as one process has them."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from .build import fingerprint
from .front import Front, can_be_kept
from .generations import ALL, Generations
from .keeping import Kept
from .pages import MAX_AGE_SECONDS, Page

logger = logging.getLogger(__name__)

MEMORY_BYTES = 12 * 1024 * 1024
LOG_SECONDS = 5
LOCKS = 1024
# Touched when an old page is served.
LAST_GOOD = "last_good"


def site_folder() -> Path:
    return Path(settings.DATA_DIR) / "pages"


def site_store() -> Store:
    """The store of this site. Raises OSError if its folder cannot be written."""
    return Store(site_folder(), fingerprint())


def serves_last_good(folder: Path, seconds: float) -> bool:
    """Whether a process of this machine served an old page in the last `seconds`."""
    try:
        return 0 <= time.time() - (folder / LAST_GOOD).stat().st_mtime < seconds
    except OSError:
        return False


class Store:
    """Raises OSError if `folder` cannot be written."""

    def __init__(self, folder: Path, build: str) -> None:
        self.folder, self.build = folder, build
        self.generations = Generations(folder)
        self.numbers = self.generations.numbers
        self.kept = Kept(folder / "kept", self.log)
        self.front = Front(folder, self.generations, build)
        self.pages: dict[str, Page] = {}
        self.bytes = 0
        self._changing_pages = threading.Lock()
        self._logged_at = -float(LOG_SECONDS)
        self.locks = folder / "locks"
        self.locks.mkdir(exist_ok=True)

    def in_memory(self, path: str) -> Page | None:
        """The page at `path` if it is here and nothing has changed: what nearly every hit is."""
        page = self.pages.get(path)
        if page is None:
            return None
        if page.seen == self.numbers[ALL] and 0 <= time.time() - page.made_at < MAX_AGE_SECONDS:
            return page
        return page if page.is_current(self.generations, self.build) else None

    def fresh(self, path: str) -> Page | None:
        """The page at `path` if this or another process made it since the last change."""
        if page := self.in_memory(path):
            return page
        page = self.kept.load(path)
        if page and page.is_current(self.generations, self.build):
            self.hold(page)
            return page
        return None

    def last_good(self, path: str) -> Page | None:
        """The page at `path` as it was, however old."""
        # Never from memory: what another process took off the disk must not come back.
        return self.kept.load(path)

    def is_outdated(self, path: str) -> bool:
        """Whether an outage would bring back something older than what the page shows now."""
        page = self.kept.load(path)
        return page is not None and not page.is_current(self.generations, self.build)

    def keep(self, path: str, response: Any, tags: list[str], numbers: Any) -> Page:
        """Make a page of `response` and show it to all; `numbers` as before it was made."""
        earlier = self.kept.load(path)
        page = Page.of(
            path, response, tags=tags, numbers=numbers, build=self.build, earlier=earlier
        )
        self.hold(page)
        if can_be_kept(path):
            try:
                # In this order no copy is ever there without its end being known.
                self.front.note(page)
                self.kept.save(page)
                self.front.put(page)
            except OSError as error:
                self.log("a page cannot be kept on disk (%s)", type(error).__name__)
        return page

    def forget(self, path: str) -> None:
        """There is no such page any more."""
        self.release(path)
        try:
            self.kept.remove(path)
            self.front.forget(path)
        except OSError as error:
            self.log("a page cannot be removed from disk (%s)", type(error).__name__)

    def release(self, path: str) -> None:
        """Have it in memory no longer."""
        with self._changing_pages:
            if page := self.pages.pop(path, None):
                self.bytes -= page.size

    def hold(self, page: Page) -> None:
        """Have it in memory; the oldest make room."""
        with self._changing_pages:
            if earlier := self.pages.pop(page.path, None):
                self.bytes -= earlier.size
            self.pages[page.path] = page
            self.bytes += page.size
            while self.bytes > MEMORY_BYTES and len(self.pages) > 1:
                oldest = next(iter(self.pages))
                self.bytes -= self.pages.pop(oldest).size

    def lock_file(self, path: str) -> Path:
        """What whoever makes the page at `path` locks; a few pages share one."""
        return self.locks / str(zlib.crc32(path.encode()) % LOCKS)

    def note_last_good(self, why: str) -> None:
        """Say in the log, and to /readyz, that old pages are being served."""
        self.log("the last good copy of a page is served: %s", why)
        if not serves_last_good(self.folder, LOG_SECONDS):
            with suppress(OSError):
                (self.folder / LAST_GOOD).touch()

    def log(self, message: str, *values: object) -> None:
        """Once in LOG_SECONDS: trouble with one page is trouble with many."""
        if time.monotonic() - self._logged_at >= LOG_SECONDS:
            self._logged_at = time.monotonic()
            logger.error(message, *values)
