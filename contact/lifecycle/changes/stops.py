"""Wishes for no more calls: of one request, of a person, of a whole line."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from contact.lifecycle.journal import endings
from contact.lifecycle.planning.line_stops import stopped_lines
from contact.models import CallbackRequest, LineStop, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.key_marker import older_index_keys
from contact.privacy.keys import newest_index_key
from contact.records.enums import Status
from contact.records.outcomes import RequestOutcome

from .transitions import Scope, close, open_rows


def stop_calls(request: CallbackRequest, by: Any, scope: Scope = Scope.PERSON) -> int:
    """Close everything open that `scope` covers, for good; return how many requests.

    A stop of the line also holds for requests to come: a person decides about these. Whoever else
    is on the line is told that the line is not called, and not that they asked for it.
    """
    count = 0
    entry = audit.record(by, AuditAction.STOPPED, request.pk, **scope.detail)
    endings.note_ending(entry, endings.STOP, by, scope)
    if scope is Scope.LINE:
        _stop_lines(request, by)
    # Requests arriving now wait for the audit lock or are found in the next round.
    while rows := [row for row in open_rows(request, scope) if row.is_open]:
        for row in rows:
            is_own = row.person == request.person
            close(row, by, RequestOutcome.STOP if is_own else RequestOutcome.LINE_STOP)
        count += len(rows)
    return count


def _stop_lines(request: CallbackRequest, by: Any) -> None:
    person = CallbackRequest.objects.open().of_person(request)
    lines = {request.line_index, *person.values_list("line_index", flat=True)} - {""}
    # While rows still have hashes under older keys, this one may be under any of them.
    key = "" if older_index_keys() else newest_index_key().id
    LineStop.objects.bulk_create(
        LineStop(line_index=line, index_key=key, stopped_at=timezone.now(), stopped_by=by)
        for line in sorted(lines)
    )


def due_again(requests: Iterable[CallbackRequest]) -> list[CallbackRequest]:
    """Return those of these requests that only a stop which no longer holds left to a lead.

    Takes three queries, however many there are.
    """
    lead = [row for row in requests if row.status == Status.LEAD and not (row.tries or row.talks)]
    lines = stopped_lines(lead)
    left = [row for row in lead if lines.isdisjoint((row.line_index, row.phone_index))]
    persons = {row.person for row in left}
    theirs = CallbackRequest.objects.filter(person__in=persons).only("person", "outcome")
    person_of = {row.pk: row.person for row in theirs}
    stopped = {row.person for row in theirs if row.outcome == RequestOutcome.STOP}
    written = _written_stops(person_of).values_list("request_id", flat=True)
    stopped |= {person_of[key] for key in written if key}
    return [row for row in left if row.person not in stopped]


def person_stopped_at(requests: list[CallbackRequest]) -> datetime | None:
    """Return when the person of these requests last asked us to stop, or None."""
    stopped = [each.closed_at for each in requests if each.outcome == RequestOutcome.STOP]
    closed = [at for at in stopped if at]
    written = _written_stops(each.pk for each in requests)
    return max([*closed, *written.values_list("at", flat=True)], default=None)


def _written_stops(keys: Iterable[uuid.UUID]) -> QuerySet[audit.AuditEntry]:
    """Only the audit trail holds a stop on a request that a lead opened again since."""
    steps = Step.objects.filter(request=OuterRef("request_id"), at__lte=OuterRef("at"))
    taken_back = Subquery(steps.order_by("-at").values("undone_at")[:1])
    return (
        audit.AuditEntry.objects.filter(action=AuditAction.STOPPED, request_id__in=[*keys])
        .annotate(taken_back=taken_back)
        # A visitor's own stop is no step of staff.
        .filter(Q(actor=None) | Q(taken_back=None))
    )
