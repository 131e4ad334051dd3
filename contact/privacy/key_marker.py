"""Which keys a database was written with, so that no start writes beside it with others.

Such a start would seal new requests with keys that the old ones do not open with, and break the
audit trail for good.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.db import connections, models

from .audit_trail.audit import AuditEntry, AuditHead
from .encryption import KEY_ID_BYTES, decode_key, key_id, keyed_hash

REQUESTS = "contact_callbackrequest"
WHAT_TO_DO = (
    "Put back the keys of then, from the copy of .env or of the settings; nothing was changed."
)


class OtherKeys(Exception):
    """The database was written with other keys; the message says which, and what to do."""


class KeyMarker(models.Model):
    """A single row: ids of the FIELD_KEYS that values may be sealed with, and of INDEX_KEY."""

    field_keys = models.JSONField(default=list)
    index_key = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return ", ".join(self.field_keys)

    def expected_seal(self) -> str:
        return keyed_hash("key marker", json.dumps([*self.field_keys, self.index_key])).hex()


def present_keys() -> list[str]:
    """Ids of the keys in FIELD_KEYS, the newest first."""
    return [key_id(decode_key(text)).hex() for text in settings.FIELD_KEYS]


def require_known_keys(using: str = "default") -> None:
    """Raise OtherKeys unless the present keys are those that a filled database was written with."""
    if not _is_filled(using):
        return
    marker = _marker(using)
    if marker is None:
        has_index_key, needed = _keys_by_rows(using)
    else:
        has_index_key, needed = marker.index_key == _index_key(), set(marker.field_keys)
        if has_index_key and marker.seal != marker.expected_seal():
            raise OtherKeys("The marker of this database's keys was changed by hand.")
    wrong = [] if has_index_key else ["INDEX_KEY is another one"]
    if missing := sorted(needed - set(present_keys())):
        wrong.append(f"FIELD_KEYS lacks {', '.join(missing)}")
    if wrong:
        words = " and ".join(wrong)
        raise OtherKeys(f"This database was written with other keys: {words}. {WHAT_TO_DO}")


def mark_keys(using: str = "default", *, only_newest: bool = False) -> None:
    """Note the present keys; `only_newest` when nothing is sealed with an older one any more."""
    marker, present = _marker(using), present_keys()
    before = marker.field_keys if marker else present
    if only_newest or not _is_filled(using):
        before = []
    keys = [*dict.fromkeys([present[0], *before])]
    new = KeyMarker(pk=1, field_keys=keys, index_key=_index_key())
    new.seal = new.expected_seal()
    if marker is None or (marker.field_keys, marker.seal) != (keys, new.seal):
        new.save(using=using)


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
    head = AuditHead.objects.using(using).filter(pk=1).first()
    # The table may lack columns that the model has.
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT name FROM {REQUESTS} WHERE purged_at IS NULL LIMIT 1")  # noqa: S608
        row = cursor.fetchone()
    sealed = bytes(row[0]) if row else b""
    return (
        head is None or not head.count or head.seal == head.expected_seal(),
        {sealed[1 : 1 + KEY_ID_BYTES].hex()} if sealed else set(),
    )


def _index_key() -> str:
    """Tells two keys apart, and nothing else of them."""
    return keyed_hash("key marker", "id of INDEX_KEY").hex()[:16]
