"""Other requests that a card shows: of the same person, on their lines, under a like name."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from contact.models import AuditEntry, CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

# Limits that keep the card short.
MAX_REQUESTS_SHOWN = 20
MAX_SIMILAR_SHOWN = 5

# What a visitor did with another request is a hint: a number proves nothing about who they are.
ON_THE_LINE: dict[str, Any] = {
    AuditAction.STOPPED: _("Someone who used this number asked us not to call: ask them."),
    AuditAction.CLOSED: _("Someone who used this number cancelled their own request."),
    AuditAction.PLANNED: _("Someone who used this number named another time for their own call."),
    AuditAction.CHANGED_WISHES: _("Someone who used this number changed when to be called."),
}
# How the person's other requests ended stands in their list.
OF_THE_PERSON: dict[str, Any] = {
    AuditAction.PLANNED: _("In their other request they named a time for the call."),
    AuditAction.CHANGED_WISHES: _("In their other request they changed when to be called."),
}


class Hint(NamedTuple):
    """What a visitor did with another request, the newest of its kind."""

    at: datetime
    words: Any
    request: CallbackRequest


class RelatedRequests(NamedTuple):
    """`same`: all other requests of the person, `open`: those that are open, the newest first.

    The other lists are cut. `on_line` are other people's requests, what is open first.
    `lines` is how many lines the person is called on, `on_extensions` how many open requests of
    others are on extensions of their numbers.
    """

    same: list[CallbackRequest]
    open: list[CallbackRequest]
    person: list[CallbackRequest]
    on_line: list[CallbackRequest]
    similar_names: list[CallbackRequest]
    hints: list[Hint]
    lines: int
    on_extensions: int = 0

    @property
    def open_shown(self) -> list[CallbackRequest]:
        return self.open[:MAX_REQUESTS_SHOWN]

    @property
    def all_shown(self) -> list[CallbackRequest]:
        return [*self.person, *self.on_line]

    @property
    def open_on_line(self) -> list[CallbackRequest]:
        return [each for each in self.on_line if each.is_open]

    @property
    def line_holder(self) -> Any:
        """The colleague who calls somebody else on the line now, or None."""
        return next((each.claimed_by for each in self.on_line if each.is_held()), None)

    @property
    def others_on_line(self) -> list[CallbackRequest]:
        """Requests on the line of people who do not even have nearly the same name."""
        similar = {each.pk for each in self.similar_names}
        return [each for each in self.on_line if each.pk not in similar]


def related_requests(callback: CallbackRequest) -> RelatedRequests:
    # Few, as somebody linked each of them; read once for the card, the consent and the stops.
    same = list(callback.persons_others())
    open_requests = [each for each in same if each.is_open]
    person = _newest_and_open(same)
    lines = {callback.line_index, *(each.line_index for each in open_requests)} - {""}
    on_line = _on_lines(callback, lines)
    return RelatedRequests(
        same,
        open_requests,
        person,
        on_line,
        _similar_names(callback, on_line),
        _hints(callback, person, on_line) if callback.is_open else [],
        len(lines),
        _on_extensions(callback, lines),
    )


def _newest_and_open(requests: list[CallbackRequest]) -> list[CallbackRequest]:
    """Cut the list, newest first, but keep what is open."""
    shown = {each.pk for each in requests[:MAX_REQUESTS_SHOWN]}
    shown |= {each.pk for each in [each for each in requests if each.is_open][:MAX_REQUESTS_SHOWN]}
    return [each for each in requests if each.pk in shown]


def _on_lines(callback: CallbackRequest, lines: set[str]) -> list[CallbackRequest]:
    """Other people's requests on these lines: held ones first, then open ones, then the newest."""
    others = CallbackRequest.objects.filter(line_index__in=lines).exclude(person=callback.person)
    order = (F("claimed_until").desc(nulls_last=True), F("closed_at").desc(nulls_first=True))
    return list(
        others.select_related("claimed_by").order_by(*order, "-created_at")[:MAX_REQUESTS_SHOWN]
    )


def _on_extensions(callback: CallbackRequest, lines: set[str]) -> int:
    """Count open requests of others that a stop of these numbers is about, but does not close."""
    others = CallbackRequest.objects.open().filter(phone_index__in=lines)
    apart = others.exclude(person=callback.person).exclude(line_index__in=lines)
    return apart.order_by().values("pk")[:MAX_REQUESTS_SHOWN].count()


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


def _hints(
    callback: CallbackRequest, person: list[CallbackRequest], on_line: list[CallbackRequest]
) -> list[Hint]:
    """What visitors did with these requests, as far as it still matters for this one."""
    words: dict[Any, Any] = {each.pk: (each, ON_THE_LINE) for each in on_line}
    words |= {each.pk: (each, OF_THE_PERSON) for each in person}
    done = AuditEntry.objects.filter(
        request_id__in=words, actor=None, actor_name=audit.VISITOR, action__in=ON_THE_LINE
    )
    newest: dict[Any, Hint] = {}
    for entry in done.order_by("number"):
        other, words_of = words[entry.request_id]
        match entry.action:
            case AuditAction.STOPPED:
                matters = True
            case AuditAction.CLOSED:
                # A stop also closes the request.
                is_stop = other.outcome == CallbackRequest.Outcome.STOP
                matters = entry.at > callback.created_at and not is_stop
            case _:
                matters = other.is_open
        if matters and entry.action in words_of:
            newest[words_of[entry.action]] = Hint(entry.at, words_of[entry.action], other)
    return list(newest.values())
