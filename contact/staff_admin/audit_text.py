"""What an entry of the trail says beside who and when, in words instead of stored values."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact.models import AuditEntry
from contact.privacy.audit import AuditAction
from contact.records.outcomes import CallOutcome, RequestOutcome
from contact.records.references import display, reference_for

# Of those that were listed; the entry's own page names all.
FEW = 5
# It names a row that no page shows by itself.
UNSAID = ("entry",)


def name_accounts(entries: Iterable[AuditEntry]) -> None:
    """Load whom the entries name beside who did it; one query."""
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
    """The request's reference, which follows from its id, leading to its card."""
    address = reverse("intake:request", args=[request_id])
    return format_html('<a href="{}">{}</a>', address, display(reference_for(request_id)))


def action_label(entry: AuditEntry) -> str:
    """The action in words; as it is stored if this release does not know it."""
    known = entry.action in AuditAction.values
    return str(AuditAction(entry.action).label) if known else entry.action


def words(entry: AuditEntry, *, in_full: bool = False) -> SafeString:
    """What the entry holds, in a line."""
    return format_html_join(" · ", "{}", ((part,) for part in _parts(entry, in_full)))


def _parts(entry: AuditEntry, in_full: bool) -> Iterator[Any]:
    # PostgreSQL gives the keys back in an order of its own.
    places = {key: place for place, key in enumerate(SAYINGS)}
    for key in sorted(entry.detail, key=lambda key: (places.get(key, len(places)), key)):
        value = entry.detail[key]
        if key in UNSAID:
            continue
        if key == "references":
            yield _references(value, in_full)
        elif say := SAYINGS.get(key):
            yield say(entry, value)
        else:
            yield f"{capfirst(key.replace('_', ' '))}: {value}"


def _outcome(entry: AuditEntry, value: str) -> str:
    choices = CallOutcome if entry.action == AuditAction.CALLED else RequestOutcome
    return str(dict(choices.choices).get(value, value))


def _other(_entry: AuditEntry, value: str) -> SafeString:
    return format_html(_("with {}"), card_link(uuid.UUID(value)))


def _handover(_entry: AuditEntry, value: str) -> SafeString:
    address = reverse("intake:handover_detail", args=[value])
    return format_html('<a href="{}">{}</a>', address, _("The handover"))


def _to(entry: AuditEntry, value: int | None) -> str:
    return _("to %s") % getattr(entry, "to_name", value) if value else _("for anyone")


def _requests(_entry: AuditEntry, number: int) -> str:
    return ngettext("%d request", "%d requests", number) % number


def _first(_entry: AuditEntry, day: str) -> str:
    return _("from %s") % _day(day)


def _last(_entry: AuditEntry, day: str) -> str:
    return _("to %s") % _day(day)


def _fields(_entry: AuditEntry, names: list[str]) -> str:
    return _("with %s") % ", ".join(names)


def _reason(_entry: AuditEntry, reason: str) -> str:
    return _("reason: %s") % reason


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day), "N j, Y")


SAYINGS: dict[str, Callable[[AuditEntry, Any], Any]] = {
    "outcome": _outcome,
    "other": _other,
    "handover": _handover,
    "to": _to,
    "requests": _requests,
    "count": _requests,
    "first": _first,
    "last": _last,
    "fields": _fields,
    "reason": _reason,
}


def _references(references: list[str], in_full: bool) -> str:
    if not references:
        return _("Nobody")
    shown = references if in_full else references[:FEW]
    more = len(references) - len(shown)
    named = ", ".join(shown)
    if not more:
        return named
    return _("%(named)s and %(more)d more") % {"named": named, "more": more}
