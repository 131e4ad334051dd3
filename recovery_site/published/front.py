"""Pages as plain files that nginx may serve by itself (`try_files`): fresh ones, and no others.

And which kept pages a change of a counter ends: those are asked for again (`asking.py`).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.utils.csp import build_policy

from .generations import Generations
from .keeping import is_older, remove_unfinished
from .negotiation import BR, GZIP, IDENTITY
from .pages import MAX_AGE_SECONDS, Page

FILES = {IDENTITY: "index.html", GZIP: "index.html.gz", BR: "index.html.br"}
PLAIN_PATH = re.compile(r"/(?:[a-z0-9_-]+/)*")
FURTHER = re.compile(r"/(?:older|after)/\d+/$")
LONGEST_NAME = 255


def look() -> str:
    """Stands for the policy that public pages need, with the hashes of what they carry.

    An nginx that still sends an older policy finds no pages, and asks the application.
    """
    policy: Any = settings.SECURE_CSP
    return hashlib.blake2b(build_policy(policy).encode(), digest_size=6).hexdigest()


def name_of(path: str) -> str:
    return quote(path, safe="")


def can_be_kept(path: str) -> bool:
    """Whether the page may be kept on disk: its end must be noted, and must not cost much.

    The further pages of lists are as many as there are articles, and a change ends them all.
    """
    return len(name_of(path)) <= LONGEST_NAME and not FURTHER.search(path)


class Front:
    """The pages in `folder`/front/`look()`, and notes of which kept pages depend on what.

    The pages belong to one build of the site and one epoch; others never stand beside them. The
    notes are of kept pages, whatever build made them, and of one epoch. What a change ends is
    renamed, and gone with that, however much it is: `gone.*` is deleted later, and the notes in
    `to_ask` and `ended.*` name the pages to be asked for.
    """

    def __init__(self, folder: Path, generations: Generations, build: str) -> None:
        self.folder = folder
        self.every_look, self.by_slot = folder / "front", folder / "by_slot"
        self.to_ask = folder / "to_ask"
        self.to_ask.mkdir(parents=True, exist_ok=True)
        self.pages = self.every_look / look()
        self.mark = folder / "front.of"
        self.generations, self.build = generations, build
        with generations.locked():
            builder, epoch = self.owner()
            if epoch != str(generations.epoch):
                self.clear()
            if builder != build:
                self.begin(build)

    def owner(self) -> tuple[str, str]:
        """The build and the epoch of what stands here."""
        text = self.mark.read_text() if self.mark.exists() else ""
        build, _, epoch = text.rpartition(" ")
        return build, epoch

    def is_ours(self) -> bool:
        return self.owner() == (self.build, str(self.generations.epoch))

    def clear(self) -> None:
        """Take all pages away, and have all asked for. The generations are locked by the caller."""
        self.set_aside(self.by_slot, "ended")
        # The builder stays: this may be an old process, and others put pages here.
        self.begin(self.owner()[0] or self.build)

    def begin(self, build: str) -> None:
        """Take all pages away, and let `build` put others."""
        self.set_aside(self.every_look, "gone")
        # A disk that takes nothing gets no pages; what was here is gone all the same.
        with suppress(OSError):
            self.mark.unlink(missing_ok=True)
            self.pages.mkdir(parents=True, exist_ok=True)
            self.mark.write_text(f"{build} {self.generations.epoch}")

    def set_aside(self, place: Path, name: str) -> None:
        with suppress(FileNotFoundError):
            place.rename(self.folder / f"{name}.{time.time_ns()}")

    def note(self, page: Page) -> None:
        """Have `page` asked for again when a change ends it. Raise OSError if the disk refuses."""
        name = name_of(page.path)
        with self.generations.locked():
            for slot in page.slots:
                noted = self.by_slot / str(slot)
                noted.mkdir(parents=True, exist_ok=True)
                (noted / name).touch()

    def put(self, page: Page) -> None:
        """Show `page`, noted before, if it still is as it should be.

        Raise OSError if the disk refuses.
        """
        with self.generations.locked():
            if self.owner() == ("", ""):
                # A full disk, which has room again, took no mark.
                self.begin(self.build)
            if not page.is_current(self.generations, self.build):
                self.note_end(page.path)
            elif page.is_html and PLAIN_PATH.fullmatch(page.path) and self.is_ours():
                try:
                    self.write(page)
                except OSError:
                    # Half a page is none.
                    self.remove(page.path, [self.pages])
                    raise

    def write(self, page: Page) -> None:
        place = self.pages / page.path.strip("/")
        place.mkdir(parents=True, exist_ok=True)
        fresh = place / f".{os.getpid()}.{threading.get_ident()}.new"
        try:
            for coding, file in FILES.items():
                fresh.write_bytes(page.body(coding))
                os.utime(fresh, (page.modified, page.modified))
                fresh.replace(place / file)
        finally:
            fresh.unlink(missing_ok=True)

    def drop(self, slots: Iterable[int]) -> None:
        """Take away what depends on these counters. The generations are locked by the caller."""
        try:
            looks = self.looks()
            for slot in slots:
                noted = self.by_slot / str(slot)
                if noted.is_dir():
                    with os.scandir(noted) as notes:
                        for note in notes:
                            self.remove(unquote(note.name), looks)
                    noted.rename(self.to_ask / f"{slot}.{time.time_ns()}")
        except OSError:
            # Files of another user, say: nginx finds nothing then, and asks the application. All
            # is made anew, for pages that nobody asked for again would have no notes any more.
            self.generations.begin_epoch()
            self.clear()

    def note_end(self, path: str) -> None:
        """Have the page told by `ended`; on a full disk, it waits for a visitor."""
        with suppress(OSError):
            (self.to_ask / name_of(path)).touch()

    def ended(self) -> Iterator[Path]:
        """The notes of pages that a change ended, for the caller to remove; some tell the same.

        Of the counters that end fewest pages first: that of an article taken off the site is one.
        """
        for place in (self.to_ask, *self.folder.glob("ended.*")):
            for folder, _, names in sorted(os.walk(place), key=lambda found: len(found[2])):
                for name in names:
                    yield Path(folder, name)
                if folder != str(self.to_ask):
                    with suppress(OSError):
                        Path(folder).rmdir()

    def forget(self, path: str) -> None:
        """There is no such page any more."""
        if any(place.exists() for place in self.places(path, self.looks())):
            with self.generations.locked():
                self.remove(path, self.looks())

    def drop_old(self) -> None:
        """Take away what is too old, for nginx does not look at its age, and what was left over."""
        for pages in self.looks():
            for file in pages.rglob("index.html"):
                if is_older(file, MAX_AGE_SECONDS):
                    with self.generations.locked():
                        if is_older(file, MAX_AGE_SECONDS):
                            path = f"{file.parent.relative_to(pages)}/"
                            self.remove("/" + path.removeprefix("./"), self.looks())
        for gone in self.folder.glob("gone.*"):
            shutil.rmtree(gone, ignore_errors=True)
        for folder in (self.every_look, self.folder / "kept"):
            remove_unfinished(folder)

    def remove(self, path: str, looks: list[Path]) -> None:
        """Take the page away in every look. The generations are locked by the caller."""
        for place in self.places(path, looks):
            for file in FILES.values():
                (place / file).unlink(missing_ok=True)
            with suppress(OSError):
                # Unless pages are below it.
                place.rmdir()

    def looks(self) -> list[Path]:
        """While a release is rolled out, there are two."""
        return list(self.every_look.glob("*"))

    @staticmethod
    def places(path: str, looks: list[Path]) -> list[Path]:
        """Where the page is in each of them."""
        if not PLAIN_PATH.fullmatch(path):
            return []
        return [pages / path.strip("/") for pages in looks]
