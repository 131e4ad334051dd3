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

from contact.privacy.encryption import keyed_hash

SYSTEM = "system"
# The visitor, who may change or stop their own request.
VISITOR = "visitor"


class AuditAction(models.TextChoices):
    """Actions in the order of a request's life, then those on accounts.

    Hashes cover the values, so they never change.
    """

    RECEIVED = "received", _("received")
    LISTED = "listed", _("listed")
    SEARCHED = "searched", _("searched")
    VIEWED = "viewed", _("viewed")
    CLAIMED = "claimed", _("claimed")
    REVEALED = "revealed", _("revealed")
    WRONG_WORD = "wrong word", _("heard a wrong code word")
    CALLED = "called", _("called")
    ADDED_NOTE = "added note", _("added note")
    PUT_FIRST = "put first", _("put first for words that may mean danger")
    PLANNED = "planned", _("planned")
    POSTPONED = "moved to their next hours", _("moved to their next hours")
    PROMISE_CHANGED = "promise changed with the rules", _("promise changed with hours or rules")
    REPLANNED = "planned again by the rules", _("planned again by changed hours or rules")
    CHANGED_WISHES = "changed wishes", _("changed wishes")
    RELEASED = "released", _("released")
    HANDED_OVER = "handed over", _("handed over")
    ASSIGNED = "assigned", _("assigned")
    LINKED = "linked", _("linked")
    UNLINKED = "unlinked", _("unlinked")
    CLOSED = "closed", _("closed")
    STOPPED = "stopped", _("stopped")
    REOPENED = "reopened", _("reopened")
    UNDONE = "undone", _("taken back")
    CORRECTED = "corrected", _("corrected")
    SET_APART = "set apart", _("marked as a secret shopper")
    COUNTED_AGAIN = "counted again", _("unmarked as a secret shopper")
    EXPORTED = "exported", _("exported")
    DISCLOSED = "disclosed", _("wrote down a disclosure")
    KEPT_OPEN = "kept open", _("kept open after a review")
    HELD = "legal hold set", _("set a legal hold")
    HOLD_LIFTED = "legal hold lifted", _("lifted the legal hold")
    PURGED = "purged", _("purged")
    ERASED = "erased", _("erased on demand")
    READING_ACKNOWLEDGED = "reading acknowledged", _("acknowledged unusual reading")
    SHIFT_HANDED_OVER = "handed the shift over", _("handed the shift over")
    SHIFT_TAKEN_OVER = "took the shift over", _("took the shift over")
    LOGGED_IN = "logged in", _("logged in")
    LOG_IN_FAILED = "log-in failed", _("log-in failed")
    LOGGED_OUT = "logged out", _("logged out")
    SESSIONS_ENDED = "sessions ended", _("ended sessions")
    ACCOUNT_MADE = "account made", _("made an account")
    ACCOUNT_DISABLED = "account disabled", _("disabled an account")
    ACCOUNT_ENABLED = "account enabled", _("enabled an account")
    ROLES_CHANGED = "roles changed", _("changed roles")
    PASSWORD_CHANGED = "password changed", _("changed a password")
    FACTOR_ADDED = "factor added", _("added a second factor")
    FACTOR_REMOVED = "factor removed", _("removed a second factor")
    FACTORS_RESET = "factors reset", _("reset the second factor of an account")
    EMERGENCY_CODE_MADE = "emergency code made", _("made a code for emergency access")
    EMERGENCY_CODE_USED = "emergency code used", _("logged in with an emergency code")
    GAP_ACCEPTED = "gap accepted", _("went on after a gap in the trail")


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

    def expected_hash(self) -> str:
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
        return keyed_hash("audit entry", json.dumps(content, sort_keys=True)).hex()


class AuditHead(models.Model):
    """A single row with the number of entries and the last one's hash."""

    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} entries"

    def expected_seal(self) -> str:
        return keyed_hash("audit head", f"{self.count}:{self.hash}").hex()


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
    locked = AuditHead.objects.select_for_update()
    head = locked.filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = locked.get(pk=1)
    account, now, entries = None if actor in (None, VISITOR) else actor, timezone.now(), []
    for request_id in request_ids:
        entry = AuditEntry(
            number=head.count + 1,
            at=now,
            actor_id=account.pk if account else None,
            actor_name=account.get_username() if account else actor or SYSTEM,
            action=AuditAction(action).value,
            request_id=request_id,
            detail=detail,
            previous=head.hash,
        )
        entry.hash = entry.expected_hash()
        head.count, head.hash = entry.number, entry.hash
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
    head.seal = head.expected_seal()
    head.save()
    return entries


def _all_entries(batch: int = 1000) -> Iterator[AuditEntry]:
    """Yield entries in order, in short reads: a long one would block SQLite's writers."""
    last = -(2**63)
    while entries := list(AuditEntry.objects.filter(number__gt=last).order_by("number")[:batch]):
        yield from entries
        last = entries[-1].number


def current_head() -> AuditHead:
    """The stored head, or an empty one if there is none."""
    return AuditHead.objects.filter(pk=1).first() or AuditHead()


def verify() -> BrokenLink | None:
    """Check the whole chain and return its first broken link, or None."""
    # Read the head first: entries that are appended meanwhile come after it.
    head = current_head()
    if head.count and head.seal != head.expected_seal():
        return BrokenLink(head.count, "the head of the chain was changed")
    number, previous = 0, ""
    for entry in _all_entries():
        if entry.number != number + 1:
            return BrokenLink(number + 1, "the entry is missing")
        if entry.previous != previous or entry.hash != entry.expected_hash():
            return BrokenLink(entry.number, "the entry was changed")
        number, previous = entry.number, entry.hash
        if number == head.count and previous != head.hash:
            return BrokenLink(number, "the entry is not the one that the head names")
    if number < head.count:
        return BrokenLink(number + 1, "the end of the chain is missing")
    # An entry and its head are written at once, so a head that is read later is no older.
    if number > (latest := current_head().count):
        reason = "the entry stands beyond the end that the head names"
        return BrokenLink(latest + 1, reason if latest else "the head of the chain is gone")
    return None
