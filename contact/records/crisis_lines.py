"""The lines that every page names, from the records of help lines, without the database.

`write` copies them to a file; `read` takes them from it, for pages that no database may hold up.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from .helplines import Helpline

logger = logging.getLogger(__name__)


class Line(NamedTuple):
    phone: str
    dial: str
    # Empty where nobody reads texts for sure.
    text_to: str


class CrisisLines(NamedTuple):
    emergency: Line
    lifeline: Line


# By the short names of their records. A page never goes without: these stand in for a record that
# is missing, not verified or without a number.
SLUGS = {"emergency": "911", "lifeline": "988"}
DEFAULT = CrisisLines(Line("911", "911", ""), Line("988", "988", "988"))


def write() -> bool:
    """Copy the lines of the records to the file; return whether that changed any.

    Raise OSError if the disk refuses.
    """
    found = {line.slug: line for line in Helpline.objects.published() if line.dial}
    lines = {
        name: Line(found[slug].phone or found[slug].dial, found[slug].dial, found[slug].text_to)
        for name, slug in SLUGS.items()
        if slug in found
    }
    new, old = DEFAULT._replace(**lines), read()
    if new == old:
        return False
    # The admin and `run_jobs` may write at once.
    temporary = _path().with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
    temporary.write_text(json.dumps(new))
    temporary.replace(_path())
    return True


def read() -> CrisisLines:
    """The lines that were written last. Never raises."""
    try:
        status = _path().stat()
        return _load(_path(), status.st_ino, status.st_mtime_ns)
    except FileNotFoundError:
        return DEFAULT
    except Exception as error:  # noqa: BLE001 - the numbers that hold everywhere are better than none
        logger.error("the crisis lines can't be read (%s)", type(error).__name__)
        return DEFAULT


@lru_cache(maxsize=1)
def _load(path: Path, inode: int, changed_ns: int) -> CrisisLines:
    return CrisisLines(*(Line(*map(str, line)) for line in json.loads(path.read_text())))


def _path() -> Path:
    return Path(settings.DATA_DIR) / "crisis_lines.json"
