"""Readable text for an audit entry's action and detail."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from contact.lifecycle.changes.transitions import Scope
from contact.models import AuditEntry
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.enums import Direction, Origin
from contact.records.outcomes import CallOutcome, RequestOutcome
from contact.records.oversight.disclosures import Basis
from contact.records.requests.references import display, reference_for

# A list shows so many of an entry's references; the entry's own page shows all.
SHOWN_REFERENCES = 5
# Keys of rows that have no page of their own, and what the times beside it tell.
HIDDEN_DETAILS = ("entry", "named")


def name_accounts(entries: Iterable[AuditEntry]) -> None:
    """Load the names of accounts in the entries' details, in one query."""
    entries = list(entries)
    wanted = {entry.detail.get("to") for entry in entries} - {None}
    names = {
        account.pk: account.get_full_name() or account.get_username()
        for account in get_user_model().objects.filter(pk__in=wanted)
    }
    for entry in entries:
        to = entry.detail.get("to")
        entry.to_name = names.get(to, to)  # type: ignore[attr-defined]


def card_link(request_id: uuid.UUID) -> SafeString:
    """Link the request's reference, which follows from its id, to its card."""
    address = reverse("intake:request", args=[request_id])
    return format_html('<a href="{}">{}</a>', address, display(reference_for(request_id)))


def action_label(entry: AuditEntry) -> str:
    """Return the action's label, or its stored value if this release does not know it."""
    known = entry.action in AuditAction.values
    return str(AuditAction(entry.action).label) if known else entry.action


def detail_text(entry: AuditEntry, *, in_full: bool = False) -> SafeString:
    """Return the entry's detail as one line."""
    return format_html_join(" · ", "{}", ((part,) for part in _parts(entry, in_full)))


def _parts(entry: AuditEntry, in_full: bool) -> Iterator[Any]:
    # PostgreSQL does not keep the order of keys.
    ranks = {key: rank for rank, key in enumerate(DETAIL_FORMATTERS)}
    for key in sorted(entry.detail, key=lambda key: (ranks.get(key, len(ranks)), key)):
        value = entry.detail[key]
        if key in HIDDEN_DETAILS:
            continue
        if key == "references":
            yield _references(value, in_full)
        elif format_detail := DETAIL_FORMATTERS.get(key):
            yield format_detail(entry, value)
        else:
            yield f"{capfirst(key.replace('_', ' '))}: {value}"


def _outcome(entry: AuditEntry, value: str) -> str:
    if entry.detail.get("direction") and value in CallOutcome.values:
        return str(CallOutcome(value).facts.talk)
    choices = CallOutcome if entry.action == AuditAction.CALLED else RequestOutcome
    return str(dict(choices.choices).get(value, value))


def _direction(_entry: AuditEntry, value: str) -> str:
    return str(dict(Direction.choices).get(value, value))


def _origin(_entry: AuditEntry, value: str) -> str:
    return str(dict(Origin.choices).get(value, value))


def _other(_entry: AuditEntry, value: str) -> SafeString:
    return format_html(gettext("with {}"), card_link(uuid.UUID(value)))


def _handover(_entry: AuditEntry, value: str) -> SafeString:
    address = reverse("intake:handover_detail", args=[value])
    return format_html('<a href="{}">{}</a>', address, gettext("The handover"))


def _to(entry: AuditEntry, value: int | None) -> str:
    return gettext("to %s") % getattr(entry, "to_name", value) if value else gettext("for anyone")


def _requests(_entry: AuditEntry, number: int) -> str:
    return ngettext("%d request", "%d requests", number) % number


def _first(_entry: AuditEntry, day: str) -> str:
    return gettext("from %s") % _day(day)


def _last(_entry: AuditEntry, day: str) -> str:
    return gettext("to %s") % _day(day)


def _fields(_entry: AuditEntry, names: list[str]) -> str:
    return gettext("with %s") % ", ".join(names)


def _also(_entry: AuditEntry, references: list[str]) -> str:
    return gettext("with parts of %s") % _references(references, in_full=False)


def _alone(_entry: AuditEntry, _value: bool) -> str:
    return gettext("alone, as nobody else could confirm it")


def _reason(_entry: AuditEntry, reason: str) -> str:
    return gettext("reason: %s") % reason


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day), "N j, Y")


def _before(entry: AuditEntry, value: str) -> str:
    if entry.action == AuditAction.KEY_CHANGED:
        return gettext("before: %s") % value
    return gettext("before: by %s") % _moment(value)


def _after(_entry: AuditEntry, moment: str) -> str:
    return gettext("now by %s") % _moment(moment)


def _moment(moment: str) -> str:
    found = parse_datetime(moment)
    return date_format(timezone.localtime(found), "N j, Y, P") if found else moment


def _recipient(_entry: AuditEntry, value: str) -> str:
    return gettext("for the person themselves") if value == "person" else gettext("for others")


def _until(_entry: AuditEntry, day: str) -> str:
    return gettext("until %s") % _day(day)


def _basis(_entry: AuditEntry, value: str) -> str:
    return str(dict(Basis.choices).get(value, value))


def _scope(_entry: AuditEntry, value: str) -> str:
    return str(dict(Scope.choices).get(value, value))


def _format(_entry: AuditEntry, value: str) -> str:
    return gettext("as %s") % value.upper()


DETAIL_FORMATTERS: dict[str, Callable[[AuditEntry, Any], Any]] = {
    "direction": _direction,
    "origin": _origin,
    "outcome": _outcome,
    "other": _other,
    "handover": _handover,
    "to": _to,
    "requests": _requests,
    "count": _requests,
    "before": _before,
    "after": _after,
    "first": _first,
    "last": _last,
    "fields": _fields,
    "recipient": _recipient,
    "basis": _basis,
    "until": _until,
    "scope": _scope,
    "format": _format,
    "also": _also,
    "reason": _reason,
    "alone": _alone,
}


def _references(references: list[str], in_full: bool) -> str:
    if not references:
        return gettext("Nobody")
    shown = references if in_full else references[:SHOWN_REFERENCES]
    more = len(references) - len(shown)
    named = ", ".join(shown)
    if not more:
        return named
    return gettext("%(named)s and %(more)d more") % {"named": named, "more": more}
