"""Which keys a database was written with, so that no start writes beside it with others.

Such a start would seal new requests with keys that the old ones do not open with, and break the
audit trail for good.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection

from django.conf import settings
from django.db import connections, models

from .audit_trail.audit import AuditEntry, AuditHead
from .keys import (
    KEY_ID_BYTES,
    IndexKey,
    OtherKeys,
    Purpose,
    decode_key,
    index_keys,
    key_id,
    newest_index_key,
)

__all__ = ["OtherKeys"]

REQUESTS_TABLE_NAME = "contact_callbackrequest"
WHAT_TO_DO = (
    "Put back the keys of then, from the copy of .env or of the settings; nothing was changed."
)
# How long a process goes without reading the marker again.
KNOWN_SECONDS = 60
_known: list[tuple[float, list[str]]] = []


class KeyMarker(models.Model):
    """A single row: ids of the FIELD_KEYS that values may be sealed with, and of INDEX_KEY."""

    field_keys = models.JSONField(default=list)
    # Ids with commas, the newest first: of all that hashes may be made with.
    index_key = models.CharField(max_length=255)
    seal = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return ", ".join(self.field_keys)

    @property
    def index_keys(self) -> list[str]:
        return self.index_key.split(",")

    def expected_seal(self, key: IndexKey) -> str:
        text = json.dumps([*self.field_keys, self.index_key])
        return key.hash(Purpose.MARKER, "key marker", text).hex()

    def is_sealed(self) -> bool:
        return any(self.seal == self.expected_seal(key) for key in index_keys())


def present_keys() -> list[str]:
    """Ids of the keys in FIELD_KEYS, the newest first."""
    return [key_id(decode_key(text)).hex() for text in settings.FIELD_KEYS]


def noted_field_keys() -> list[str]:
    """Ids of the FIELD_KEYS that values may be sealed with; none before they were noted."""
    marker = KeyMarker.objects.filter(pk=1).first()
    return list(marker.field_keys) if marker else []


def older_index_keys() -> list[IndexKey]:
    """Keys besides the newest that hashes in the database may still be made with."""
    at, ids = _known[-1] if _known else (float("-inf"), [])
    if time.monotonic() - at > KNOWN_SECONDS:
        marker = KeyMarker.objects.filter(pk=1).first()
        ids = marker.index_keys if marker else []
        _known[:] = [(time.monotonic(), ids)]
    newest, *older = index_keys()
    return [key for key in older if key.id in ids and key != newest]


def all_index_keys() -> list[IndexKey]:
    """Keys that hashes in the database may be made with, the newest first."""
    return [newest_index_key(), *older_index_keys()]


def require_known_keys(using: str = "default") -> None:
    """Raise OtherKeys unless the present keys are those that a filled database was written with."""
    if not _is_filled(using):
        return
    marker = _marker(using)
    if marker is None:
        has_index_key, needed = _keys_by_rows(using)
    else:
        has_index_key = {*marker.index_keys} <= {key.id for key in index_keys()}
        needed = set(marker.field_keys)
        if has_index_key and not marker.is_sealed():
            raise OtherKeys("The marker of this database's keys was changed by hand.")
    wrong = [] if has_index_key else ["INDEX_KEY is another one"]
    if missing := sorted(needed - set(present_keys())):
        wrong.append(f"FIELD_KEYS lacks {', '.join(missing)}")
    if wrong:
        words = " and ".join(wrong)
        raise OtherKeys(f"This database was written with other keys: {words}. {WHAT_TO_DO}")


def mark_keys(
    using: str = "default", *, only_newest: bool = False, needed: Collection[str] = ()
) -> None:
    """Note the present keys.

    `only_newest` when nothing is sealed or hashed with older ones any more, but with those of
    INDEX_KEY whose ids are in `needed`.
    """
    marker, present = _marker(using), present_keys()
    fields = marker.field_keys if marker else present
    indexes = marker.index_keys if marker else _index_keys_by_rows(using)
    if only_newest or not _is_filled(using):
        fields, indexes = [], [each for each in indexes if each in needed]
    fields = [*dict.fromkeys([present[0], *fields])]
    indexes = [*dict.fromkeys([newest_index_key().id, *indexes])]
    new = KeyMarker(pk=1, field_keys=fields, index_key=",".join(indexes))
    new.seal = new.expected_seal(newest_index_key())
    if marker is None or (marker.field_keys, marker.seal) != (fields, new.seal):
        new.save(using=using)
    _known.clear()


def _marker(using: str) -> KeyMarker | None:
    if KeyMarker._meta.db_table not in connections[using].introspection.table_names():
        return None
    return KeyMarker.objects.using(using).filter(pk=1).first()


def _is_filled(using: str) -> bool:
    """Whether the database has a trail, as one has from the first request or log-in on."""
    tables = connections[using].introspection.table_names()
    if AuditEntry._meta.db_table not in tables:
        return False
    return AuditEntry.objects.using(using).exists()


def _keys_by_rows(using: str) -> tuple[bool, set[str]]:
    """Before there is a marker: whether INDEX_KEY made the trail, and which key a request needs."""
    # The table may lack columns that the model has.
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT name FROM {REQUESTS_TABLE_NAME} WHERE purged_at IS NULL LIMIT 1")  # noqa: S608
        row = cursor.fetchone()
    sealed = bytes(row[0]) if row else b""
    head = _head(using)
    return (
        not head.count or head.maker() is not None,
        {sealed[1 : 1 + KEY_ID_BYTES].hex()} if sealed else set(),
    )


def _index_keys_by_rows(using: str) -> list[str]:
    """Before there is a marker: the key that the trail was written with."""
    maker = _head(using).maker() if _is_filled(using) else None
    return [maker.id] if maker else []


def _head(using: str) -> AuditHead:
    return AuditHead.objects.using(using).filter(pk=1).first() or AuditHead()
