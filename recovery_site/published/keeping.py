"""The last good copy of each page, on disk: whole and checked, or as good as absent."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .pages import Damaged, Page

logger = logging.getLogger(__name__)

# No page takes so long to write.
UNFINISHED_SECONDS = 3600


class Kept:
    """The copies in one folder, shared by all processes of the machine."""

    def __init__(self, folder: Path, log: Callable[..., object] = logger.error) -> None:
        self.folder, self.log = folder, log
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, path: str) -> Path:
        name = hashlib.blake2b(path.encode(), digest_size=16).hexdigest()
        return self.folder / name[:2] / f"{name[2:]}.page"

    def load(self, path: str) -> Page | None:
        """The copy of the page at `path`; None if there is none, or what is there is damaged."""
        try:
            page = Page.from_bytes(self.file(path).read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            self.log("a kept page cannot be read (%s)", type(error).__name__)
            return None
        except (Damaged, ValueError, TypeError, KeyError) as error:
            self.log("a kept page is damaged (%s) and ignored", type(error).__name__)
            return None
        return page if page.path == path else None

    def save(self, page: Page) -> None:
        """Write the copy so that a reader, or a power cut, meets the old one or the new one.

        Raise OSError if the disk refuses.
        """
        file = self.file(page.path)
        file.parent.mkdir(exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        try:
            with fresh.open("wb") as writing:
                writing.write(page.to_bytes())
                writing.flush()
                os.fsync(writing.fileno())
            fresh.replace(file)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, path: str) -> None:
        self.file(path).unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what processes that were killed had begun to write in `folder`."""
    for file in folder.rglob("*.new"):
        if is_older(file, UNFINISHED_SECONDS):
            file.unlink(missing_ok=True)


def is_older(file: Path, seconds: float) -> bool:
    """Whether it is there and was written more than `seconds` ago."""
    try:
        return time.time() - file.stat().st_ctime > seconds
    except FileNotFoundError:
        return False
