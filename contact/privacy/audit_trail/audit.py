"""The audit trail: who did what to which request, in a hash chain that shows any change.

Each entry carries a keyed hash over itself and the hash before it. One head row holds the
chain's length and last hash, so a missing tail is found as well. Entries hold no personal
data: names of actions and fields, references, counts.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.privacy.encryption import DecryptionError
from contact.privacy.keys import IndexKey, OtherKeys, Purpose, newest_index_key

from . import audit_keys
from .audit_actions import AuditAction

__all__ = ["AuditAction"]

SYSTEM = "system"
# The visitor, who may change or stop their own request.
VISITOR = "visitor"
# Short reads: a long one would block SQLite's writers.
ENTRIES_A_READ = 1000


class AuditEntryImmutable(Exception):
    """Raised when code tries to change or delete an audit entry."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise AuditEntryImmutable("Audit entries never change.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AuditEntryImmutable("Audit entries are never deleted.")


class AuditEntry(models.Model):
    number = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("when"))
    # Without a constraint, the entry outlives the account unchanged.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        verbose_name=_("account"),
        null=True,
        db_constraint=False,
        related_name="+",
    )
    actor_name = models.CharField(_("who"), max_length=200)
    action = models.CharField(_("what"), max_length=40)
    request_id = models.UUIDField(_("request"), null=True, db_index=True)
    detail = models.JSONField(_("detail"), default=dict)
    previous = models.CharField(_("hash before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-number"]
        default_permissions = ["view"]
        indexes = [
            models.Index("action", "number", name="audit_action"),
            models.Index("at", "number", name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditEntryImmutable("Audit entries never change.")
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditEntryImmutable("Audit entries are never deleted.")

    def expected_hash(self, secret: bytes | None = None) -> str:
        """Compute the hash that this entry has as long as nobody changed it."""
        content = [
            self.number,
            self.at.astimezone(UTC).isoformat(),
            self.actor_id,
            self.actor_name,
            self.action,
            str(self.request_id) if self.request_id else None,
            self.detail,
            self.previous,
        ]
        return audit_keys.audit_hash("audit entry", json.dumps(content, sort_keys=True), secret)


class AuditHead(models.Model):
    """A single row with the number of entries and the last one's hash."""

    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} entries"

    def expected_seal(self, secret: bytes | None = None) -> str:
        return audit_keys.audit_hash("audit head", self._sealed, secret)

    @property
    def _sealed(self) -> str:
        return f"{self.count}:{self.hash}"

    def go_on_to(self, entry: AuditEntry, key: IndexKey) -> None:
        """Give the entry its place at the end of the chain. Neither is saved."""
        entry.number, entry.previous = self.count + 1, self.hash
        entry.hash = entry.expected_hash(key.of(Purpose.AUDIT))
        self.count, self.hash = entry.number, entry.hash

    def maker(self) -> IndexKey | None:
        """Which of the present keys sealed it last."""
        return audit_keys.maker_of("audit head", self._sealed, self.seal)


class BrokenLink(NamedTuple):
    number: int
    reason: str


def record(
    actor: Any, action: AuditAction, request_id: uuid.UUID | None = None, **detail: Any
) -> AuditEntry:
    """Append an entry; `actor` is an account, VISITOR, or None for the system. No personal data.

    Lock the rows you change before you call this: the head is always locked last.
    """
    return record_each(actor, action, [request_id], **detail)[0]


@transaction.atomic
def record_each(
    actor: Any, action: AuditAction, request_ids: Iterable[uuid.UUID | None], **detail: Any
) -> list[AuditEntry]:
    """Append an entry for each of these requests, in as many queries as for one."""
    head = lock()
    key = _key_to_go_on_with(head)
    account, now = None if actor in (None, VISITOR) else actor, timezone.now()
    name = account.get_username() if account else actor or SYSTEM
    entries = [
        AuditEntry(
            at=now,
            actor_id=account.pk if account else None,
            actor_name=name,
            action=AuditAction(action).value,
            request_id=request_id,
            detail=detail,
        )
        for request_id in request_ids
    ]
    for entry in entries:
        head.go_on_to(entry, key)
    AuditEntry.objects.bulk_create(entries)
    head.seal = head.expected_seal(key.of(Purpose.AUDIT))
    head.save()
    return entries


def lock() -> AuditHead:
    """Keep everybody else from appending until the transaction ends; return the head."""
    locked = AuditHead.objects.select_for_update()
    head = locked.filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = locked.get(pk=1)
    return head


def _key_to_go_on_with(head: AuditHead) -> IndexKey:
    """The key of the next entry. Where it is a new one, an entry of its own says so first."""
    newest = newest_index_key()
    if not head.count or head.seal == head.expected_seal():
        return newest
    maker = head.maker()
    if audit_keys.is_retired(newest):
        # This process was started with the keys of before.
        if maker:
            return maker
        raise OtherKeys("INDEX_KEY was changed: start this process with the present one.")
    if maker:
        audit_keys.retire(maker, head.count)
        detail = {"before": maker.id, "since": newest.id}
        action = AuditAction.KEY_CHANGED.value
        entry = AuditEntry(at=timezone.now(), actor_name=SYSTEM, action=action, detail=detail)
        head.go_on_to(entry, newest)
        entry.save()
    return newest


def _all_entries() -> Iterator[AuditEntry]:
    """Yield entries in order."""
    last = -(2**63)
    in_order = AuditEntry.objects.order_by("number")
    while entries := list(in_order.filter(number__gt=last)[:ENTRIES_A_READ]):
        yield from entries
        last = entries[-1].number


def current_head() -> AuditHead:
    """The stored head, or an empty one if there is none."""
    return AuditHead.objects.filter(pk=1).first() or AuditHead()


def verify() -> BrokenLink | None:
    """Check the whole chain and return its first broken link, or None."""
    # Read the head first: entries that are appended meanwhile come after it.
    head = current_head()
    maker = head.maker() if head.count else newest_index_key()
    if maker is None or audit_keys.is_retired(maker):
        return BrokenLink(head.count, "the head of the chain was changed")
    try:
        parts = audit_keys.trail_parts(maker)
    except DecryptionError:
        return BrokenLink(1, "FIELD_KEYS do not open the key of before that made it")
    number, previous = 0, ""
    for entry in _all_entries():
        if entry.number != number + 1:
            return BrokenLink(number + 1, "the entry is missing")
        secret = next(part.secret for part in parts if entry.number <= part.until)
        if entry.previous != previous or entry.hash != entry.expected_hash(secret):
            return BrokenLink(entry.number, "the entry was changed")
        number, previous = entry.number, entry.hash
        if number == head.count and previous != head.hash:
            return BrokenLink(number, "the entry is not the one that the head names")
        if number == head.count and maker != newest_index_key():
            # What comes after it may be under the new key, which begins at any moment.
            break
    return _wrong_end(number, head)


def _wrong_end(number: int, head: AuditHead) -> BrokenLink | None:
    """What is wrong with the last entry that was found, beside the head that was read before."""
    if number < head.count:
        return BrokenLink(number + 1, "the end of the chain is missing")
    # An entry and its head are written at once, so a head that is read later is no older.
    if number > (latest := current_head().count):
        reason = "the entry stands beyond the end that the head names"
        return BrokenLink(latest + 1, reason if latest else "the head of the chain is gone")
    return None
