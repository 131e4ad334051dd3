"""Who saw a person's requests: read from the audit trail, in plain words.

45 CFR 164.312(b) asks for a record of activity on such data and 164.308(a)(1)(ii)(D) for somebody
who reads it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from contact.intake import audit_text
from contact.intake.colleagues import display_name
from contact.models import AuditEntry, CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

ENTRIES_PER_PAGE = 100
# Lists name requests by reference only, so they are looked through newest first, and so many.
LISTS_READ = 5_000
MOST_BESIDE = 500
# Said plainer than in the audit trail; every other action is said as there.
LOOKS = {
    AuditAction.RECEIVED: gettext_lazy("took it in"),
    AuditAction.CLAIMED: gettext_lazy("took the call"),
    AuditAction.RELEASED: gettext_lazy("let the call go"),
    AuditAction.PURGED: gettext_lazy("emptied it, as its time was over"),
    AuditAction.VIEWED: gettext_lazy("saw its card, its disclosures, or a part of it elsewhere"),
    AuditAction.REVEALED: gettext_lazy("was shown the number"),
    AuditAction.LISTED: gettext_lazy("saw it in a list: its reference and state, no name"),
    AuditAction.SEARCHED: gettext_lazy("found it by a search: its reference and state, no name"),
    AuditAction.EXPORTED: gettext_lazy("exported it"),
}

SAW_A_PART = gettext_lazy("saw a part of it on another card")


class Access(NamedTuple):
    """Who did what with a request, and when; `reference` names the request."""

    number: int
    at: datetime
    who: str
    what: str
    detail: SafeString
    reference: str


class AccessPage(NamedTuple):
    """The newest entries; `before` is the number to go on from, None at the end."""

    entries: list[Access]
    before: int | None


class Listings(NamedTuple):
    """Lists in which the requests stood; `since` is how far back they were looked through."""

    entries: list[Access]
    since: datetime | None


def access_page(requests: list[CallbackRequest], before: int | None = None) -> AccessPage:
    """Read what the trail holds about these requests, without lists, the newest first."""
    keys = {each.pk for each in requests}
    own = Q(request_id__in=keys)
    entries = AuditEntry.objects.filter(own)
    if cards := _cards_beside(requests) - keys:
        # One index bears both; what another card showed of these is named in its entry.
        named = Q(*[("text__contains", f'"{each}"') for each in requests], _connector=Q.OR)
        entries = AuditEntry.objects.filter(request_id__in=keys | cards)
        entries = entries.annotate(text=Cast("detail", TextField()))
        entries = entries.filter(own | Q(action=AuditAction.VIEWED) & named)
    if before is not None:
        entries = entries.filter(number__lt=before)
    found = list(entries.select_related("actor").order_by("-number")[: ENTRIES_PER_PAGE + 1])
    is_cut = len(found) > ENTRIES_PER_PAGE
    shown = found[:ENTRIES_PER_PAGE]
    return AccessPage(accesses_of(shown, requests), shown[-1].number if is_cut else None)


def _cards_beside(requests: list[CallbackRequest]) -> set[uuid.UUID]:
    """Cards that may show a part of these requests: of the same person, line or name."""
    beside = Q(person__in={each.person for each in requests})
    for name in ("line_index", "phone_index", "name_index"):
        beside |= Q(**{f"{name}__in": {getattr(each, name) for each in requests} - {""}})
    return set(CallbackRequest.objects.filter(beside).values_list("pk", flat=True)[:MOST_BESIDE])


def exports_of(requests: list[CallbackRequest]) -> list[Access]:
    """Exports by days that these requests fell into."""
    # Few; with further conditions, SQLite would leave the index audit_action for a longer way.
    entries = AuditEntry.objects.filter(action=AuditAction.EXPORTED).order_by("-number")
    found = []
    for entry in entries.select_related("actor"):
        if entry.request_id:
            # An export of one person stands with that request.
            continue
        covered = [each for each in requests if _is_covered(each, entry)]
        found += [_access(entry, str(each)) for each in covered]
    return found


def _is_covered(request: CallbackRequest, entry: AuditEntry) -> bool:
    day = timezone.localdate(request.created_at).isoformat()
    first, last = entry.detail.get("first", ""), entry.detail.get("last", "")
    return first <= day <= last and request.received_at <= entry.at


def listings_of(requests: list[CallbackRequest]) -> Listings:
    """Look for these requests in the newest lists and searches, at most LISTS_READ of each."""
    found, since = [], []
    for action in (AuditAction.LISTED, AuditAction.SEARCHED):
        # Both steps go along the index audit_action.
        lists = AuditEntry.objects.filter(action=action).order_by("-number")
        oldest = lists[LISTS_READ - 1 : LISTS_READ].values_list("number", "at").first()
        if oldest:
            lists = lists.filter(number__gte=oldest[0])
            since.append(oldest[1])
        for each in requests:
            named = lists.annotate(text=Cast("detail", TextField())).filter(
                text__contains=f'"{each}"'
            )
            rows = named.select_related("actor")[:ENTRIES_PER_PAGE]
            found += [_access(entry, str(each)) for entry in rows]
    found.sort(key=lambda access: access.number, reverse=True)
    return Listings(found[:ENTRIES_PER_PAGE], max(since, default=None))


def accesses_of(entries: list[AuditEntry], requests: Iterable[CallbackRequest]) -> list[Access]:
    """Say each entry in plain words."""
    audit_text.name_accounts(entries)
    references = {each.pk: str(each) for each in requests}
    found = []
    for entry in entries:
        if reference := references.get(entry.request_id):  # type: ignore[arg-type]
            found.append(_access(entry, reference))
        else:
            also = entry.detail.get("also", ())
            found += [
                _access(entry, each, SAW_A_PART) for each in references.values() if each in also
            ]
    return found


def _access(entry: AuditEntry, reference: str, look: Any = None) -> Access:
    known = entry.action in AuditAction.values
    if look is None and known:
        look = LOOKS.get(AuditAction(entry.action))
    is_list = entry.action in (AuditAction.LISTED, AuditAction.SEARCHED)
    detail = SafeString() if is_list or look is SAW_A_PART else audit_text.detail_text(entry)
    return Access(
        entry.number,
        entry.at,
        actor_name(entry),
        str(look or audit_text.action_label(entry)),
        detail,
        reference,
    )


def actor_name(entry: AuditEntry) -> str:
    """The account by its name, or who acted without one."""
    if entry.actor:
        return display_name(entry.actor)
    match entry.actor_name:
        case audit.VISITOR:
            return gettext("The visitor, at “your request”")
        case audit.SYSTEM:
            return gettext("The system")
        case name:
            return name
