"""The keys of forms that were accepted, while an address may still hold the words typed in them.

This machine knows them by empty files, other machines by the cache if they share one.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path

from contact.lifecycle.journal import journal_files
from contact.privacy import rate_limit
from contact.privacy.keys import ShortLived, short_lived_hash

from .typed_words import TYPED_KEPT_SECONDS

logger = logging.getLogger(__name__)


def remember(key: str) -> None:
    """Note that the form with this key was accepted. Never raises: the request is safe already."""
    if not key:
        return
    rate_limit.increment(_name(key), TYPED_KEPT_SECONDS)
    try:
        _path(key).touch(mode=journal_files.file_mode())
    except OSError as error:
        logger.error("an accepted form can't be noted (%s)", type(error).__name__)


def is_accepted(key: str) -> bool:
    """Return whether the form with this key was accepted in the last quarter of an hour."""
    try:
        return bool(key) and (_path(key).exists() or rate_limit.current_count(_name(key)) > 0)
    except OSError:
        return False


def forget_old() -> None:
    """Delete the files of keys whose words no address shows any more."""
    oldest = time.time() - TYPED_KEPT_SECONDS
    for path in journal_files.journal_folder("accepted").iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _path(key: str) -> Path:
    return journal_files.journal_folder("accepted") / _name(key)


def _name(key: str) -> str:
    return f"accepted-{short_lived_hash(ShortLived.FORMS, 'accepted form', key).hex()}"
