"""Inserting entries of the journal into the database, many in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError
from django.views.decorators.debug import sensitive_variables

from contact.danger.verdict import PatternRow
from contact.models import CallbackRequest
from contact.privacy.key_marker import older_index_keys
from contact.records.requests import references

from . import receiving
from .journal_reading import UnreadableEntry, read_entry

PAYLOAD_FIELDS = (
    *("name", "phone", "extension", "phone_as_typed", "relationship", "needs", "message"),
    *("calling_for", "announce", "voicemail", "best_time", "time_zone", "language"),
    *("consent_version", "suspected_spam", "source", "code_words", "origin", "set_apart"),
    "delays_others",
)
# Whether it was inserted, as its row was not there yet, or why it could not be.
type Outcome = bool | UnreadableEntry | FileNotFoundError


def store_each(
    entries: Sequence[tuple[uuid.UUID, Path]], phrases: tuple[PatternRow, ...] | None = None
) -> list[Outcome]:
    """Insert entries in one transaction; return for each whether it was inserted, or why not.

    Where one cannot be, each has a transaction of its own.
    """
    outcomes: list[Outcome] = []
    readable: list[tuple[uuid.UUID, dict[str, Any]]] = []
    for entry_id, path in entries:
        try:
            readable.append((entry_id, read_entry(entry_id, path)))
            outcomes.append(True)
        except (UnreadableEntry, FileNotFoundError) as problem:
            outcomes.append(problem)
    if len(readable) > 1 and _insert_together(readable, phrases):
        return outcomes
    results = iter([_insert_alone(entry_id, payload, phrases) for entry_id, payload in readable])
    return [next(results) if outcome is True else outcome for outcome in outcomes]


def _insert_together(
    entries: list[tuple[uuid.UUID, dict[str, Any]]], phrases: tuple[PatternRow, ...] | None
) -> bool:
    # Whoever brings over rows of older keys locks them, and the trail's head after them.
    if older_index_keys():
        return False
    try:
        insert(entries, phrases)
    except (DataError, IntegrityError, KeyError, TypeError, ValueError):
        return False
    return True


def _insert_alone(
    entry_id: uuid.UUID, payload: dict[str, Any], phrases: tuple[PatternRow, ...] | None
) -> bool | UnreadableEntry:
    try:
        insert([(entry_id, payload)], phrases)
    except IntegrityError as error:
        # Another round or process inserted the row, or the entry itself violates a constraint.
        if CallbackRequest.objects.filter(pk=entry_id).exists():
            return False
        return UnreadableEntry(f"refused-{type(error).__name__}")
    except (DataError, KeyError, TypeError, ValueError) as error:
        return UnreadableEntry(f"refused-{type(error).__name__}")
    return True


@sensitive_variables()
def insert(
    entries: Sequence[tuple[uuid.UUID, dict[str, Any]]], phrases: tuple[PatternRow, ...] | None
) -> None:
    receiving.receive_all([_arrival(entry_id, payload) for entry_id, payload in entries], phrases)


@sensitive_variables()
def _arrival(entry_id: uuid.UUID, payload: dict[str, Any]) -> tuple[CallbackRequest, User | None]:
    """Return the request that the entry holds, and who wrote it down."""
    promised, account = payload.get("promised_by"), payload.get("written_by")
    request = CallbackRequest(
        pk=entry_id,
        reference=references.reference_for(entry_id),
        created_at=datetime.fromisoformat(payload["created_at"]),
        promised_by=datetime.fromisoformat(promised) if promised else None,
        **{name: payload[name] for name in PAYLOAD_FIELDS if name in payload},
    )
    return request, User.objects.filter(pk=account).first() if account else None
