"""Key rotation: seals every value again under the newest key of FIELD_KEYS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.db import models, transaction

from contact.lifecycle.journal import journal
from contact.privacy import envelopes
from contact.privacy.encryption import (
    DecryptionError,
    EncryptedTextField,
    Sealed,
    seal,
    uses_newest_key,
)

ROWS_PER_REPORT = 500


class Progress(NamedTuple):
    model: type[models.Model]
    seen: int
    resealed: int
    unreadable: int


def reseal_all() -> Iterator[Progress]:
    """Seal again row by row, while the site runs; report after every ROWS_PER_REPORT rows."""
    for model in apps.get_models():
        if fields := EncryptedTextField.of(model):
            yield from _reseal(model, fields)


def old_journal_entries() -> int:
    """Count journal entries that need an older key; they are deleted within 24 hours."""
    return sum(not _is_of_newest_key(sealed) for sealed in journal.sealed_entries())


def _is_of_newest_key(sealed: bytes) -> bool:
    if envelopes.is_envelope(sealed):
        return envelopes.is_of_newest_key(sealed)
    return uses_newest_key(sealed)


def _reseal(model: type[models.Model], fields: list[EncryptedTextField]) -> Iterator[Progress]:
    seen = resealed = unreadable = 0
    rows = model._default_manager.order_by("pk").values_list("pk", flat=True)
    batch = list(rows[:ROWS_PER_REPORT])
    while batch:
        for pk in batch:
            try:
                resealed += _reseal_row(model, pk, fields)
            except DecryptionError:
                unreadable += 1
        seen += len(batch)
        yield Progress(model, seen, resealed, unreadable)
        # Rows inserted meanwhile already use the newest key.
        batch = list(rows.filter(pk__gt=batch[-1])[:ROWS_PER_REPORT])


@transaction.atomic
def _reseal_row(model: type[models.Model], pk: object, fields: list[EncryptedTextField]) -> bool:
    row = model._default_manager.select_for_update().filter(pk=pk).first()
    if row is None:
        return False
    changed: dict[str, Sealed] = {
        field.attname: seal(getattr(row, field.attname), field.associated_data_for(row))
        for field in fields
        if not uses_newest_key(field.stored(row))
    }
    if changed:
        model._default_manager.filter(pk=pk).update(**changed)
    return bool(changed)
