"""Copies of records in files, for pages that no database may hold up."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)


@dataclass
class KeptCopy[Values]:
    """What records say, as JSON in DATA_DIR; `default` stands in while there is no such file."""

    name: str
    from_records: Callable[[], Values]
    as_json: Callable[[Values], Any]
    from_json: Callable[[Any], Values]
    default: Values
    # The last value that was read, with inode and time of its file.
    _last: tuple[tuple[Path, int, int], Values] | None = field(default=None, init=False, repr=False)

    def write(self) -> bool:
        """Copy the records to the file; return whether that changed anything.

        Raise OSError if the disk refuses.
        """
        new = self.from_records()
        if new == self.read():
            return False
        # The admin and `run_jobs` may write at once.
        path = self._path()
        temporary = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        temporary.write_text(json.dumps(self.as_json(new)))
        temporary.replace(path)
        return True

    def read(self) -> Values:
        """Return what was written last. Never raises."""
        path = self._path()
        try:
            status = path.stat()
            key = (path, status.st_ino, status.st_mtime_ns)
            if self._last is None or self._last[0] != key:
                self._last = (key, self.from_json(json.loads(path.read_text())))
            return self._last[1]
        except FileNotFoundError:
            return self.default
        except Exception as error:  # noqa: BLE001 - a page is shown all the same
            logger.error("%s cannot be read (%s)", self.name, type(error).__name__)
            return self.default

    def _path(self) -> Path:
        return Path(settings.DATA_DIR) / self.name
