"""Pages as plain files that nginx may serve by itself (`try_files`): fresh ones, and no others."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.utils.csp import build_policy

from .generations import Generations
from .negotiation import BR, GZIP, IDENTITY
from .pages import MAX_AGE_SECONDS, Page

FILES = {IDENTITY: "index.html", GZIP: "index.html.gz", BR: "index.html.br"}
PLAIN_PATH = re.compile(r"/(?:[a-z0-9_-]+/)*")
FURTHER = re.compile(r"/(older|after)/")
LONGEST_NAME = 255


def look() -> str:
    """Stands for the policy that public pages need, with the hashes of what they carry.

    An nginx that still sends an older policy finds no pages, and asks the application.
    """
    policy: Any = settings.SECURE_CSP
    return hashlib.blake2b(build_policy(policy).encode(), digest_size=6).hexdigest()


class Front:
    """The pages in `folder`/front/`look()`, and which of them a change of a counter ends.

    They belong to one build of the site and one epoch; others never stand beside them.
    """

    def __init__(self, folder: Path, generations: Generations, build: str) -> None:
        self.every_look, self.by_slot = folder / "front", folder / "by_slot"
        self.to_ask = folder / "to_ask"
        self.to_ask.mkdir(parents=True, exist_ok=True)
        self.pages = self.every_look / look()
        self.mark = folder / "front.of"
        self.generations, self.build = generations, build
        with generations.locked():
            if not self.is_ours():
                self.clear()

    def owner(self) -> str:
        return f"{self.build} {self.generations.epoch}"

    def is_ours(self) -> bool:
        return self.mark.exists() and self.mark.read_text() == self.owner()

    def clear(self) -> None:
        """Take all pages away. The generations are locked by the caller."""
        for folder in (self.every_look, self.by_slot):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self.pages, self.by_slot):
            folder.mkdir(parents=True, exist_ok=True)
        self.mark.write_text(self.owner())

    def put(self, page: Page) -> None:
        """Show `page`, if it still is as it should be. Raise OSError if the disk refuses."""
        name = quote(page.path, safe="")
        is_plain = PLAIN_PATH.fullmatch(page.path) and len(name) <= LONGEST_NAME
        # The further pages of lists are as many as there are articles, and a change ends them all.
        if not page.is_html or not is_plain or FURTHER.search(page.path):
            return
        with self.generations.locked():
            if not self.is_ours() or not page.is_current(self.generations, self.build):
                self.note_end(page.path)
                return
            # First, so that no page can stand here without its end being known.
            for slot in page.slots:
                noted = self.by_slot / str(slot)
                noted.mkdir(exist_ok=True)
                (noted / name).touch()
            try:
                self.write(page)
            except OSError:
                # Half a page is none.
                self.remove(page.path)
                raise

    def write(self, page: Page) -> None:
        place = self.place(page.path)
        place.mkdir(parents=True, exist_ok=True)
        fresh = place / f".{os.getpid()}.{threading.get_ident()}"
        try:
            for coding, file in FILES.items():
                fresh.write_bytes(page.body(coding))
                os.utime(fresh, (page.modified, page.modified))
                fresh.replace(place / file)
        finally:
            fresh.unlink(missing_ok=True)

    def drop(self, slots: Iterable[int]) -> None:
        """Take away what depends on these counters. The generations are locked by the caller."""
        for slot in slots:
            noted = self.by_slot / str(slot)
            for note in noted.iterdir() if noted.is_dir() else ():
                path = unquote(note.name)
                self.note_end(path)
                self.remove(path)
                note.unlink(missing_ok=True)

    def note_end(self, path: str) -> None:
        """Have the page told by `an_ended`; on a full disk, it waits for a visitor."""
        with suppress(OSError):
            (self.to_ask / quote(path, safe="")).touch()

    def an_ended(self) -> str:
        """A page that a change ended, told once; empty if there is none."""
        note = next(self.to_ask.iterdir(), None)
        if note is None:
            return ""
        note.unlink(missing_ok=True)
        return unquote(note.name)

    def drop_old(self) -> None:
        """Take away what is too old: nginx does not look at its age."""
        too_old = time.time() - MAX_AGE_SECONDS
        with self.generations.locked():
            for file in self.pages.rglob("index.html"):
                if file.stat().st_ctime < too_old:
                    self.remove(f"{file.parent.relative_to(self.pages)}/")

    def remove(self, path: str) -> None:
        for file in FILES.values():
            (self.place(path) / file).unlink(missing_ok=True)
        with suppress(OSError):
            # Unless pages are below it.
            self.place(path).rmdir()

    def place(self, path: str) -> Path:
        return self.pages / path.strip("/")
