"""What a backup says of itself: when it was made, of what, under which keys, with which bytes.

    DIR/2026-11-29T221500Z/     database.sqlite3 or database.dump, journal/, manifest.json

A folder whose name begins with a dot was left by a backup that did not come to its end.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max

from contact.models import CallbackRequest
from contact.privacy import key_marker
from contact.privacy.audit_trail.audit import AuditHead
from contact.privacy.keys import Purpose, decode_key, index_keys, key_id

FORMAT = 1
MANIFEST = "manifest.json"
STAMP = "%Y-%m-%dT%H%M%SZ"


class BackupError(Exception):
    """The backup cannot be made or used; the message says why and what to do."""


class Manifest(NamedTuple):
    """Counts are those just before the copy, so that it holds no less.

    `files` has size and SHA-256 by path; `newest_request` is a time, or empty.
    """

    format: int
    made_at: str
    database: str
    migrations: list[str]
    field_keys: list[str]
    index_key: str
    requests: int
    newest_request: str
    audit_entries: int
    audit_hash: str
    files: dict[str, list[Any]]

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @classmethod
    def read(cls, folder: Path) -> Self:
        try:
            values = json.loads((folder / MANIFEST).read_text("utf-8"))
            if values["format"] != FORMAT:
                raise BackupError(
                    f"{folder} was made by another release: format {values['format']}."
                )
            return cls(**values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(
                f"{folder} is no whole backup: its manifest cannot be read."
            ) from error

    def write(self, folder: Path) -> None:
        text = json.dumps(self._asdict(), indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", "utf-8")

    def check(self, folder: Path) -> None:
        """Raise BackupError at the first file that is not as it was written."""
        for name, (size, digest) in sorted(self.files.items()):
            path = folder / name
            if not path.is_file():
                raise BackupError(f"{path} is missing.")
            if path.stat().st_size != size or file_digest(path) != digest:
                raise BackupError(f"{path} is damaged: its bytes are not those that were written.")


def describe(made: datetime) -> Manifest:
    """The manifest of a backup that begins now, before it has files."""
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    newest = CallbackRequest.objects.aggregate(at=Max("created_at"))["at"]
    return Manifest(
        format=FORMAT,
        made_at=made.astimezone(UTC).isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations=applied_migrations(),
        # A key that sealed nothing is not asked for by whoever restores.
        field_keys=key_marker.noted_field_keys() or field_key_ids(),
        index_key=index_key_ids()[0],
        requests=CallbackRequest.objects.count(),
        newest_request=newest.isoformat(timespec="seconds") if newest else "",
        audit_entries=head.count,
        audit_hash=head.hash,
        files={},
    )


def digests_in(folder: Path) -> dict[str, list[Any]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): [path.stat().st_size, file_digest(path)]
        for path in files
    }


def applied_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def field_key_ids() -> list[str]:
    return [key_id(decode_key(text)).hex() for text in settings.FIELD_KEYS]


def index_key_ids() -> list[str]:
    """Tell keys apart, and nothing else of them; the newest first."""
    label, value = "backup", "id of the key"
    return [key.hash(Purpose.MARKER, label, value).hex()[:16] for key in index_keys()]


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def backups_in(folder: Path) -> list[Path]:
    """The whole backups of a folder, the oldest first."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            datetime.strptime(path.name, STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if (path / MANIFEST).is_file():
            found.append(path)
    return sorted(found)
