"""Bringing a backup back into an empty site, and saying what it cannot know."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, connection

from articles.models import Article
from contact.lifecycle.journal import endings, journal_files
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import DecryptionError, EncryptedTextField
from contact.records.requests.references import display, reference_for
from recovery_site.models import ContentVersion

from . import database_copy, making
from .manifest import BackupError, Manifest, field_key_ids, index_key_ids


class Restored(NamedTuple):
    """`journal`: entries that wait for the drainer, which leaves out those that are in already."""

    manifest: Manifest
    requests: int
    journal: int
    unreadable: int
    broken_trail: str


def restore(folder: Path, private_key: str = "") -> Restored:
    """Bring the backup in `folder` back. Raise BackupError, before anything was changed."""
    backup = making.newest_in(folder)
    manifest = making.read_back(backup)
    _require_same_keys(manifest)
    if manifest.database != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest.database}, and DATABASE_URL names {connection.vendor}."
        )
    _require_empty()
    with making.opened_backup(backup, private_key) as plain:
        database_copy.restore_database(plain)
    # A newer release than the one that made it; also puts the triggers in their place.
    call_command("migrate", interactive=False, verbosity=0)
    entries = _bring_journal_back(backup / making.JOURNAL)
    _bring_endings_back(backup / making.JOURNAL / endings.ENDINGS_FOLDER)
    # Pages that were made since show what this database does not know.
    shutil.rmtree(Path(settings.DATA_DIR) / "pages", ignore_errors=True)
    ContentVersion.raise_number()
    return Restored(
        manifest, CallbackRequest.objects.count(), entries, count_unreadable(), _fault(manifest)
    )


def _fault(manifest: Manifest) -> str:
    """What is wrong with the audit trail, by itself or against the manifest; empty if nothing."""
    if broken := audit.verify():
        return f"entry {broken.number}: {broken.reason}"
    if not manifest.audit_entries:
        return ""
    entry = audit.AuditEntry.objects.filter(number=manifest.audit_entries).first()
    if entry is None or entry.hash != manifest.audit_hash:
        return f"entry {manifest.audit_entries}: it is not the one that the manifest names"
    return ""


def _require_same_keys(manifest: Manifest) -> None:
    missing = set(manifest.field_keys) - set(field_key_ids())
    if missing:
        raise BackupError(
            f"The backup is sealed with keys that FIELD_KEYS does not hold: {', '.join(missing)}."
            " Put back the keys of then; without them nobody can read the requests."
        )
    if manifest.index_key not in index_key_ids():
        raise BackupError(
            "INDEX_KEY is another one than that of the backup. Put back the one of then; without"
            " it numbers are no longer matched and the audit trail cannot be verified."
        )


def _require_empty() -> None:
    try:
        is_empty = not any(
            model._default_manager.exists()
            for model in (get_user_model(), CallbackRequest, Article)
        )
    except DatabaseError:
        # No tables yet.
        is_empty = True
    if not is_empty:
        raise BackupError(
            "This database has accounts, requests or articles. A backup is brought back into an"
            " empty one: name another in DATABASE_URL or DATA_DIR, and keep this one."
        )


def _bring_journal_back(source: Path) -> int:
    """Put all entries where the drainer finds them; it knows by their id which are in already."""
    new, count = journal_files.journal_folder("new"), 0
    for name in ("done", "new", "aside"):
        if not (source / name).is_dir():
            continue
        for entry_id, path in journal_files.entries(source / name):
            target = new / f"{entry_id}{journal_files.SUFFIX}"
            count += journal_files.write_file(target, path.read_bytes())
    journal_files.sync(new)
    return count


def _bring_endings_back(source: Path) -> None:
    folder = journal_files.journal_folder(endings.ENDINGS_FOLDER)
    if source.is_dir():
        for _request, path in journal_files.entries(source):
            journal_files.write_file(folder / path.name, path.read_bytes())
    journal_files.sync(folder)


def count_unreadable() -> int:
    """Count sealed values that no present key opens."""
    count = 0
    for model in apps.get_models():
        fields = EncryptedTextField.of(model)
        if not fields:
            continue
        for row in model._default_manager.iterator(chunk_size=500):
            for field in fields:
                try:
                    getattr(row, field.attname)
                except DecryptionError:
                    count += 1
    return count


def gap(manifest: Manifest, now: datetime) -> str:
    """What happened after the backup, in words for whoever restores."""
    minutes = int((now - manifest.made).total_seconds() // 60)
    ended = sorted({display(reference_for(key)) for key in endings.since(manifest.made)})
    back = f"{len(ended)} are here ({', '.join(ended)})" if ended else "none is here"
    return (
        f"The backup was made {manifest.made_at}, {minutes // 60} h {minutes % 60} min ago. Calls"
        " and notes after that are not in it. Stops and cancellations after that come back with"
        " run_jobs from DATA_DIR/journal/endings of the machines on which they were written down:"
        f" {back}. Where such a folder is lost, ask the team who asked for no calls since then"
        " before anybody is called. Requests that visitors sent since then are in"
        " DATA_DIR/journal of the machine that took them, for 24 hours."
    )
