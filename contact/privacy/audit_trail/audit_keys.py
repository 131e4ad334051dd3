"""Keys of the audit trail: the present one, and those that earlier entries were made with.

Entries never change, so a new INDEX_KEY makes no entry anew. The first entry under it names the
hash of the one before, and from then on the old key proves nothing by itself: knowing it, nobody
can change an entry without changing that hash. It is kept, sealed, to verify what it made.
"""

from __future__ import annotations

import json
from typing import NamedTuple, Self

from django.db import models

from contact.privacy.encryption import EncryptedTextField
from contact.privacy.keys import IndexKey, Purpose, index_keys, labelled_hash, newest_index_key


class RetiredAuditKey(models.Model):
    """The key of a first part of the trail; `sealed` says up to which entry."""

    id = models.CharField(primary_key=True, max_length=16)
    sealed = EncryptedTextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.id


class TrailPart(NamedTuple):
    """Entries up to the number `until`, and the key that made them."""

    until: int
    secret: bytes

    @classmethod
    def of(cls, row: RetiredAuditKey) -> Self:
        values = json.loads(str(row.sealed))
        return cls(int(values["until"]), bytes.fromhex(values["secret"]))


def present_secret() -> bytes:
    return newest_index_key().of(Purpose.AUDIT)


def audit_hash(label: str, value: str, secret: bytes | None = None) -> str:
    return labelled_hash(secret or present_secret(), label, value).hex()


def maker_of(label: str, value: str, digest: str) -> IndexKey | None:
    """Which of the present keys made this hash."""
    for key in index_keys():
        if audit_hash(label, value, key.of(Purpose.AUDIT)) == digest:
            return key
    return None


def is_retired(key: IndexKey) -> bool:
    return RetiredAuditKey.objects.filter(pk=key.id).exists()


def retire(key: IndexKey, until: int) -> None:
    """Keep the key to verify the entries up to this number."""
    values = {"until": until, "secret": key.of(Purpose.AUDIT).hex()}
    RetiredAuditKey(pk=key.id, sealed=json.dumps(values)).save(force_insert=True)


def trail_parts(last_maker: IndexKey) -> list[TrailPart]:
    """The parts of the trail, the first one first, of which this key made the last.

    Raises DecryptionError.
    """
    return [*_retired_parts(), TrailPart(2**63, last_maker.of(Purpose.AUDIT))]


def _retired_parts() -> list[TrailPart]:
    return sorted(TrailPart.of(row) for row in RetiredAuditKey.objects.all())


def trusted_secrets() -> list[bytes]:
    """All that may have made what stands outside the database, newest first.

    Raises DecryptionError.
    """
    retired = [part.secret for part in reversed(_retired_parts())]
    return [*dict.fromkeys([*(key.of(Purpose.AUDIT) for key in index_keys()), *retired])]
