"""Reading one entry of the journal, and saying why it cannot be read."""

from __future__ import annotations

import errno
import json
import uuid
from pathlib import Path
from typing import Any

from django.views.decorators.debug import sensitive_variables

from contact.privacy import envelopes
from contact.privacy.encryption import DecryptionError, MissingKey, seal, unseal

# Errors of this process at this moment; the entry itself may be whole.
PASSING = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN}


class UnreadableEntry(Exception):
    """An entry can't become a request. `reason` is a short word of it for a file's name."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason


def associated_data(entry_id: uuid.UUID) -> str:
    return f"journal/{entry_id}"


@sensitive_variables()
def read_entry(entry_id: uuid.UUID, path: Path) -> dict[str, Any]:
    """Return what the entry holds. Raises UnreadableEntry or FileNotFoundError."""
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in PASSING:
            raise
        raise UnreadableEntry(errno.errorcode.get(error.errno or 0, "OSError")) from None
    try:
        payload: dict[str, Any] = json.loads(_opened(sealed, associated_data(entry_id)))
    except MissingKey as error:
        raise UnreadableEntry(f"key-{error.key}-missing", str(error)) from None
    except (DecryptionError, ValueError) as error:
        # DecryptionError names only the key's id; other errors may quote the entry.
        message = str(error) if isinstance(error, DecryptionError) else type(error).__name__
        raise UnreadableEntry("damaged", message) from None
    return payload


def sealed_entry(text: str, entry_id: uuid.UUID) -> bytes:
    """Seal to the public key, or where a site has none, with FIELD_KEYS."""
    where = associated_data(entry_id)
    return envelopes.seal_to_public_key(text, where) if envelopes.is_on() else seal(text, where)


def _opened(sealed: bytes, where: str) -> str:
    return (envelopes.open_envelope if envelopes.is_envelope(sealed) else unseal)(sealed, where)


def problem_of(entry_id: uuid.UUID, path: Path) -> UnreadableEntry | None:
    """Return why the entry cannot be read; None if it can, or is gone.

    Where there is no private key, only damage is found.
    """
    try:
        if envelopes.is_on() and not envelopes.can_open():
            sealed = path.read_bytes()
            is_whole = envelopes.is_whole(sealed, associated_data(entry_id))
            return None if is_whole else UnreadableEntry("damaged")
        read_entry(entry_id, path)
    except UnreadableEntry as problem:
        return problem
    except FileNotFoundError:
        pass
    return None
