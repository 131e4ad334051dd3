"""All that we keep of one person, as data and in words.

45 CFR 164.524 gives the person a right to it, in a form that they can read and one that a program
can.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from html import unescape
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.models import AuditEntry, CallbackRequest
from contact.privacy.encryption import EncryptedTextField

from . import access_log
from .disclosure_views import ShownDisclosure, shown_disclosures

FIELDS_TOLD = (
    *("name", "phone", "extension", "phone_as_typed", "calling_for", "relationship"),
    *("announce", "voicemail", "best_time", "time_zone", "language", "needs", "message"),
    *("consent_version", "origin", "source", "created_at", "promised_by"),
    *("status", "priority", "tries", "talks", "outcome", "reason", "referred_to", "closed_at"),
)


class Value(NamedTuple):
    """A field: its name and stored value for programs, its label and words for people."""

    name: str
    label: str
    stored: Any
    words: str


class RecordLine(NamedTuple):
    """A call, a note, or a correction with the old answers."""

    kind: str
    at: datetime
    who: str
    words: str
    before: dict[str, str]


class RequestRecord(NamedTuple):
    request: CallbackRequest
    values: list[Value]
    lines: list[RecordLine]


class PersonRecord(NamedTuple):
    requests: list[RequestRecord]
    disclosures: list[ShownDisclosure]
    accesses: list[access_log.Access]


def person_record(requests: list[CallbackRequest]) -> PersonRecord:
    """Read everything about these requests, each kind in one query."""
    lines = _lines([each.pk for each in requests])
    return PersonRecord(
        [RequestRecord(each, _values(each), lines[each.pk]) for each in requests],
        shown_disclosures(requests),
        _accesses(requests),
    )


def _values(request: CallbackRequest) -> list[Value]:
    return [_value(request, name) for name in FIELDS_TOLD]


def _value(request: CallbackRequest, name: str) -> Value:
    field = CallbackRequest._meta.get_field(name)
    label = capfirst(str(getattr(field, "verbose_name", name)))
    if isinstance(field, EncryptedTextField):
        words = decrypted(request, name)
        return Value(name, label, words, words)
    value = getattr(request, name)
    if isinstance(value, datetime):
        return Value(name, label, value.isoformat(), _moment(value))
    if getattr(field, "choices", None):
        shown = getattr(request, f"get_{name}_display")()
        return Value(name, label, value, str(shown))
    words = "" if value is None else str(value)
    return Value(name, label, value if isinstance(value, str | int | None) else words, words)


def _lines(keys: list[UUID]) -> dict[UUID, list[RecordLine]]:
    """Calls, notes and corrections of each request, the oldest first."""
    found: dict[UUID, list[RecordLine]] = defaultdict(list)
    model: Any = CallbackRequest
    for relation in ("attempts", "notes", "corrections"):
        entries = model._meta.get_field(relation).related_model.objects.filter(request__in=keys)
        for entry in entries.select_related("by"):
            found[entry.request_id].append(_line(relation, entry))
    for lines in found.values():
        lines.sort(key=lambda line: line.at)
    return found


def _line(relation: str, entry: Any) -> RecordLine:
    who = display_name(entry.by) if entry.by else gettext("The visitor, at “your request”")
    match relation:
        case "attempts":
            words = f"{entry.words}. {decrypted(entry, 'note')}".strip()
            if entry.undone_at:
                words = gettext("Taken back: %s") % words
            return RecordLine(gettext("Call"), entry.at, who, words, {})
        case "notes":
            return RecordLine(gettext("Note"), entry.at, who, decrypted(entry, "text"), {})
    return RecordLine(gettext("Correction"), entry.at, who, "", _old_values(entry))


def _old_values(correction: Any) -> dict[str, str]:
    """The answers before a correction, under their labels; empty once they were emptied."""
    try:
        before = json.loads(decrypted(correction, "before"))
    except ValueError:
        return {}
    labels = {name: CallbackRequest._meta.get_field(name).verbose_name for name in before}  # type: ignore[union-attr]
    return {capfirst(str(labels[name])): str(value) for name, value in before.items()}


def _accesses(requests: list[CallbackRequest]) -> list[access_log.Access]:
    keys = [each.pk for each in requests]
    entries = AuditEntry.objects.filter(request_id__in=keys).select_related("actor")
    told = access_log.accesses_of(list(entries.order_by("-number")), requests)
    return [*told, *access_log.exports_of(requests)]


def as_json(record: PersonRecord, notice: str) -> dict[str, Any]:
    """The record for programs; stored values under the names of their fields."""
    return {
        "notice": notice,
        "made_at": timezone.now().isoformat(),
        "requests": [
            {
                "reference": str(each.request),
                "answers": {value.name: value.stored for value in each.values},
                "entries": [line._asdict() | {"at": line.at.isoformat()} for line in each.lines],
            }
            for each in record.requests
        ],
        "disclosures": [
            {
                "request": each.reference,
                "day": each.disclosure.disclosed_on.isoformat(),
                "recipient": each.recipient,
                "what": each.what,
                "purpose": each.purpose,
                "basis": each.disclosure.basis,
            }
            for each in record.disclosures
        ],
        "trail": [
            {
                "at": each.at.isoformat(),
                "request": each.reference,
                "who": each.who,
                "what": each.what,
                "detail": plain_detail(each.detail),
            }
            for each in record.accesses
        ],
    }


def plain_detail(detail: str) -> str:
    """A detail of the trail without the links that lead into the workspace."""
    return unescape(strip_tags(detail))


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
