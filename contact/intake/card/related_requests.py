"""Other requests that a card shows: of the same person, on the same line, under a like name."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from contact.models import AuditEntry, CallbackRequest
from contact.privacy import audit
from contact.privacy.audit import AuditAction

# Limits that keep the card short.
MAX_REQUESTS_SHOWN = 20
MAX_SIMILAR_SHOWN = 5

# What a visitor did with another request is a hint: a number proves nothing about who they are.
HINTS: dict[str, Any] = {
    AuditAction.STOPPED: _("Someone who used this number asked us not to call: ask them."),
    AuditAction.CLOSED: _("Someone who used this number cancelled their own request."),
    AuditAction.PLANNED: _("Someone who used this number named another time for their own call."),
    AuditAction.CHANGED_WISHES: _("Someone who used this number changed when to be called."),
}


class Hint(NamedTuple):
    """What another visitor on the line did with their own request, the newest of its kind."""

    at: datetime
    words: Any
    request: CallbackRequest


class RelatedRequests(NamedTuple):
    """Each newest first. `open` are all other open requests of the person; other lists are cut."""

    open: list[CallbackRequest]
    person: list[CallbackRequest]
    on_line: list[CallbackRequest]
    similar_names: list[CallbackRequest]
    hints: list[Hint]

    @property
    def open_shown(self) -> list[CallbackRequest]:
        return self.open[:MAX_REQUESTS_SHOWN]

    @property
    def all_shown(self) -> list[CallbackRequest]:
        return [*self.person, *self.on_line]

    @property
    def open_on_line(self) -> list[CallbackRequest]:
        return [each for each in self.on_line if each.is_open]


def related_requests(callback: CallbackRequest) -> RelatedRequests:
    open_requests = list(callback.persons_others().open())
    person = _with(callback.persons_others(), open_requests)
    on_line = _with(
        callback.other_persons_on_line(),
        list(callback.other_persons_on_line().open()[:MAX_REQUESTS_SHOWN]),
    )
    return RelatedRequests(
        open_requests,
        person,
        on_line,
        _similar_names(callback, on_line),
        _hints([*person, *on_line]),
    )


def _with(requests: Any, also_shown: list[CallbackRequest]) -> list[CallbackRequest]:
    """The newest of `requests`, with the first of `also_shown`, newest first."""
    shown = {other.pk: other for other in requests[:MAX_REQUESTS_SHOWN]}
    shown |= {other.pk: other for other in also_shown[:MAX_REQUESTS_SHOWN]}
    return sorted(shown.values(), key=lambda other: other.created_at, reverse=True)


def _similar_names(
    callback: CallbackRequest, on_line: list[CallbackRequest]
) -> list[CallbackRequest]:
    """Requests under nearly the same name that are not linked yet, those on the line first."""
    if not callback.name_index:
        return []
    similar = CallbackRequest.objects.filter(name_index=callback.name_index)
    others = similar.exclude(person=callback.person).order_by("-created_at")[:MAX_SIMILAR_SHOWN]
    here = [each for each in on_line if each.name_index == callback.name_index]
    return list({each.pk: each for each in (*here, *others)}.values())[:MAX_SIMILAR_SHOWN]


def _hints(others: list[CallbackRequest]) -> list[Hint]:
    by_pk = {other.pk: other for other in others}
    done = AuditEntry.objects.filter(
        request_id__in=by_pk, actor=None, actor_name=audit.VISITOR, action__in=HINTS
    )
    newest: dict[str, AuditEntry] = {}
    for entry in done.order_by("number"):
        newest[entry.action] = entry
    if AuditAction.STOPPED in newest:
        # A stop also closes the request.
        newest.pop(AuditAction.CLOSED, None)
    return [
        Hint(entry.at, HINTS[action], by_pk[entry.request_id])
        for action, entry in newest.items()
        if entry.request_id is not None
    ]
