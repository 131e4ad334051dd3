"""Checkpoints: what the audit trail was at a moment, in a file for the privacy officer to keep.

Its signature is an HMAC under a key made from INDEX_KEY, which the officer is given once, and again
when INDEX_KEY was changed.
`deploy/check_checkpoints.py` checks such files with Python's standard library alone: that the site
made them, nobody changed them, and the trail only grew between them. Whether the trail of today
still holds what a file names, the site says: `manage.py verify_audit --against FILE`.
"""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from .audit import AuditEntry, current_head
from .audit_keys import audit_hash, trusted_secrets


class CheckpointError(Exception):
    """The file is no checkpoint of this site, or the trail is not the one that it names."""


def checkpoint_key(secret: bytes | None = None) -> str:
    return audit_hash("audit checkpoint", "key of the privacy officer", secret)


def make_checkpoint() -> dict[str, Any]:
    head = current_head()
    values = {
        "site": settings.SITE_URL,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "entries": head.count,
        "last_hash": head.hash,
    }
    return values | {"signature": _signature(values, checkpoint_key())}


def compare_with(path: Path) -> dict[str, Any]:
    """Return what the file names, if the trail still holds it. Raises CheckpointError."""
    try:
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        signature, entries = values.pop("signature"), int(values["entries"])
        last_hash = str(values["last_hash"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CheckpointError(f"{path} is no checkpoint.") from None
    keys = [checkpoint_key(secret) for secret in trusted_secrets()]
    if not any(hmac.compare_digest(str(signature), _signature(values, key)) for key in keys):
        raise CheckpointError(f"{path} was changed, or another site or key made it.")
    stored = AuditEntry.objects.filter(pk=entries).values_list("hash", flat=True).first() or ""
    if stored != last_hash:
        raise CheckpointError(
            f"The trail is not the one of {values['made_at']}: entry {entries} of then is gone or"
            " another one."
        )
    return values


def _signature(values: dict[str, Any], key: str) -> str:
    text = json.dumps(values, sort_keys=True)
    return hmac.digest(bytes.fromhex(key), text.encode(), "sha256").hex()
