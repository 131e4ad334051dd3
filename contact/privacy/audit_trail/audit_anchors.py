"""Anchors of the audit trail: how long it was and how it ended, noted outside the database.

Each machine appends to `DATA_DIR/audit.anchors`, a line for a moment: when, how many entries, the
last one's hash, and a seal over all this and the line before. Whoever can write to the database
alone cannot take them back, so a trail that lost its end, or an old copy, does not pass for whole.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from typing import IO, NamedTuple, Self

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from contact.privacy.encryption import DecryptionError

from .audit import AuditAction, AuditEntry, current_head, record
from .audit_keys import audit_hash, present_secret, trusted_secrets

logger = logging.getLogger(__name__)

ANCHORS_FILE = "audit.anchors"
# What was noted before such a line need not agree any longer.
ANCHOR, ACCEPTED = "anchor", "gap-accepted"
NO_HASH = "-"
# Holds several lines.
TAIL_BYTES = 1024


class DamagedAnchors(Exception):
    """A line of the file is not as it was written; the message names it."""


class Anchor(NamedTuple):
    at: datetime
    kind: str
    entries: int
    hash: str
    seal: str

    @classmethod
    def sealed(cls, at: datetime, kind: str, entries: int, last_hash: str, before: str) -> Self:
        anchor = cls(at, kind, entries, last_hash, "")
        return anchor._replace(seal=anchor.expected_seal(before, present_secret()))

    def expected_seal(self, before: str, secret: bytes) -> str:
        words = f"{before} {_time(self.at)} {self.kind} {self.entries} {self.hash}"
        return audit_hash("audit anchor", words, secret)[:32]

    @property
    def line(self) -> str:
        return f"{_time(self.at)} {self.kind} {self.entries} {self.hash} {self.seal}\n"

    @property
    def words(self) -> str:
        return f"{self.entries} entries on {self.at:%Y-%m-%d %H:%M} UTC"


class Gap(NamedTuple):
    """The trail is not the one that was noted. `agreed` is the last anchor that it agrees with."""

    agreed: Anchor | None
    noted: Anchor
    present: int

    def __str__(self) -> str:
        agreed = f"agrees with {self.agreed.words}" if self.agreed else "agrees with none of them"
        return (
            f"this machine noted {self.noted.words}. The trail has {self.present} now and"
            f" {agreed}: entries were taken away, or an older copy of the database was put back"
        )


def append_anchor(kind: str = ANCHOR) -> bool:
    """Note the end of the trail if entries came since the last anchor; return whether it did.

    Beside a gap nothing is noted, so that the last anchor alone shows it.
    """
    head = current_head()
    with _locked() as file:
        last = _last(file)
        if kind == ANCHOR and last and (head.count <= last.entries or not _is_held(last)):
            return False
        if not head.count:
            return False
        before = last.seal if last else ""
        anchor = Anchor.sealed(timezone.now(), kind, head.count, head.hash or NO_HASH, before)
        file.write(anchor.line)
        file.flush()
        os.fsync(file.fileno())
    return True


def anchors() -> list[Anchor]:
    """The anchors of this machine, oldest first. Raises DamagedAnchors."""
    try:
        with _path().open() as file:
            return list(_read(file))
    except FileNotFoundError:
        return []


def find_gap() -> Gap | None:
    """Compare the trail with all that was noted since a gap was accepted. Raises DamagedAnchors."""
    found, agreed = _since_accepted(anchors()), None
    for batch in batched(found, 500):
        numbers = [anchor.entries for anchor in batch]
        stored = dict(AuditEntry.objects.filter(pk__in=numbers).values_list("pk", "hash"))
        for anchor in batch:
            if stored.get(anchor.entries, NO_HASH) != anchor.hash:
                return Gap(agreed, found[-1], current_head().count)
            agreed = anchor
    return None


def has_gap() -> bool:
    """Compare the trail with the last anchor alone. Raises DamagedAnchors."""
    try:
        with _path().open() as file:
            last = _last(file)
    except FileNotFoundError:
        return False
    return last is not None and not _is_held(last)


def tell_of_gap() -> None:
    """Log an error if the trail is not the one that was noted last; the site works all the same."""
    try:
        if has_gap():
            logger.error("the audit trail is not the one that was noted: manage.py verify_audit")
    except DamagedAnchors as error:
        logger.error("the audit trail cannot be trusted: %s", error)
    except DatabaseError:
        # Requests are taken without a database.
        return


def accept_gap(gap: Gap) -> None:
    """Go on from the trail as it is; trail and file keep that there was a gap."""
    agreed, noted = gap.agreed.entries if gap.agreed else 0, gap.noted.entries
    record(None, AuditAction.GAP_ACCEPTED, entries_agreed=agreed, entries_noted=noted)
    append_anchor(ACCEPTED)


def _is_held(anchor: Anchor) -> bool:
    """Whether the trail has the entry that the anchor names."""
    return AuditEntry.objects.filter(pk=anchor.entries, hash=anchor.hash).exists()


def _since_accepted(found: list[Anchor]) -> list[Anchor]:
    places = [place for place, anchor in enumerate(found) if anchor.kind == ACCEPTED]
    return found[places[-1] :] if places else found


def _last(file: IO[str]) -> Anchor | None:
    """The last anchor, without reading all: a busy year has some hundred thousand."""
    start = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
    file.seek(start)
    lines = file.readlines()
    # The first of them is cut, and the second is there for its seal.
    before = lines[1].split()[-1] if start else ""
    *_earlier, last = [None, *_read(lines[2:] if start else lines, before)]
    return last


def _read(lines: Iterable[str], before: str = "") -> Iterator[Anchor]:
    keys = _Keys()
    for line in lines:
        if not line.endswith("\n"):
            # A power cut left it unfinished.
            return
        try:
            at, kind, entries, last_hash, seal = line.split()
            anchor = Anchor(datetime.fromisoformat(at), kind, int(entries), last_hash, seal)
        except ValueError:
            raise DamagedAnchors(f"a line of {_path()} is damaged") from None
        if not keys.have_made(anchor, before):
            raise DamagedAnchors(f"{_path()} was changed at {at}, or a line before it was taken")
        before = seal
        yield anchor


class _Keys:
    """Which keys may have made the next line: after one of a newer key, no older one."""

    def __init__(self) -> None:
        self.secrets: list[bytes] | None = None

    def have_made(self, anchor: Anchor, before: str) -> bool:
        if anchor.seal == anchor.expected_seal(before, present_secret()):
            self.secrets = [present_secret()]
            return True
        if self.secrets is None:
            try:
                self.secrets = trusted_secrets()
            except DecryptionError as error:
                raise DamagedAnchors(f"{error} It sealed keys of before.") from None
        for place, secret in enumerate(self.secrets):
            if anchor.seal == anchor.expected_seal(before, secret):
                del self.secrets[place + 1 :]
                return True
        return False


@contextmanager
def _locked() -> Iterator[IO[str]]:
    descriptor = os.open(_path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _cut_unfinished(file)
        yield file


def _cut_unfinished(file: IO[str]) -> None:
    text = file.read()
    if text and not text.endswith("\n"):
        file.truncate(text.rfind("\n") + 1)
    file.seek(0)


def _path() -> Path:
    return Path(settings.DATA_DIR) / ANCHORS_FILE


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
