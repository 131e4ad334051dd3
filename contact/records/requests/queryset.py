"""Sets of requests that the desk asks for."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from contact.records.desk.desk import Desk
from contact.records.desk.retention_rules import days_kept, is_over
from contact.records.enums import Priority, Status
from contact.records.oversight.legal_holds import LegalHold
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import next_slot

if TYPE_CHECKING:
    from contact.models import CallbackRequest

DANGER_SINCE = Coalesce("danger_at", "created_at")
ABOUT_AS_SOON = timedelta(hours=1)


def is_due_at(now: datetime) -> Q:
    """Return the condition under which a request is called now, if anybody may call it."""
    return Q(due_at__lte=now, due_until__gt=now)


class CallbackRequestQuerySet(models.QuerySet["CallbackRequest"]):
    def open(self) -> Self:
        """Return requests that are not closed."""
        return self.filter(closed_at=None)

    def to_purge(self) -> Self:
        """Return requests closed for longer than their kind is kept and not purged yet."""
        over = is_over(timezone.now(), days_kept())
        return self.filter(over, purged_at=None).not_on_hold()

    def to_review(self) -> Self:
        """Return requests that have been open for long, unless a lead keeps them open."""
        now = timezone.now()
        limit = now - timedelta(days=Desk.current().review_days)
        return self.unreviewed(timezone.localdate(now)).filter(created_at__lt=limit)

    def unreviewed(self, today: date) -> Self:
        """Return open requests but those that a lead keeps open today."""
        return self.open().filter(Q(kept_until=None) | Q(kept_until__lt=today))

    def on_hold(self) -> Self:
        """Return requests under a legal hold, also through another of the same person."""
        return self.filter(person__in=self._persons_on_hold())

    def not_on_hold(self) -> Self:
        """Return requests that no legal hold keeps."""
        return self.exclude(person__in=self._persons_on_hold())

    def due(self, now: datetime | None = None) -> Self:
        """Return requests to call now: the window of each has begun and not ended."""
        due = is_due_at(now or timezone.now())
        # Equivalent to CALLABLE, with a better row estimate on PostgreSQL.
        return self.open().filter(due).exclude(status=Status.LEAD)

    def turn_by_arrival(self, request: CallbackRequest) -> datetime:
        """Return the place of danger without a head start: behind all who asked before it, but
        those who want to be called later than anybody would be."""
        since = request.danger_at or request.created_at
        anybody = request.preferences._replace(is_urgent=False)
        # By night the others wait for a morning, while danger is called at once.
        called_at = next_slot(Schedule.current(), anybody, since).start + ABOUT_AS_SOON
        before = self.open().filter(created_at__lt=since, due_at__lte=called_at)
        people = before.exclude(Q(pk=request.pk) | Q(priority=Priority.AUTOMATIC))
        latest = people.aggregate(latest=models.Max("turn_at"))["latest"]
        return max(since, latest + timedelta(microseconds=1)) if latest else since

    def in_danger(self) -> Self:
        """Return open requests with words that may mean danger, until somebody is reached."""
        unreached = Q(reached_at=None) | Q(reached_at__lt=DANGER_SINCE)
        # All open requests have a turn; saying so leads SQLite to the index callback_danger.
        danger = self.open().filter(priority=Priority.DANGER, turn_at__isnull=False)
        return danger.filter(unreached)

    def danger_nobody_holds(self, now: datetime | None = None) -> Self:
        """Return requests in danger that nobody has taken: not called since, due, or a lead's."""
        now = now or timezone.now()
        uncalled = Q(first_attempt_at=None) | Q(first_attempt_at__lt=DANGER_SINCE)
        waits = uncalled | Q(due_at__lte=now) | Q(status=Status.LEAD)
        return self.in_danger().filter(waits).not_held(now)

    def not_in_danger(self) -> Self:
        """Return all other open requests."""
        ordinary = Q(priority__gt=Priority.DANGER) | Q(reached_at__gte=DANGER_SINCE)
        return self.open().filter(ordinary)

    def in_crowd(self) -> Self:
        """Return what delays nobody, as one of many from a network, until somebody was reached."""
        return self.filter(delays_others=False, reached_at=None)

    def not_in_crowd(self) -> Self:
        """Return all others."""
        return self.filter(Q(delays_others=True) | Q(reached_at__isnull=False))

    def held(self, now: datetime | None = None) -> Self:
        """Return requests under a claim."""
        return self.filter(claimed_until__gt=now or timezone.now())

    def not_held(self, now: datetime) -> Self:
        """Return requests that nobody holds."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))

    def of_person(self, request: CallbackRequest) -> Self:
        """Return this request and those linked with it as the same person's."""
        return self.filter(person=request.person)

    def on_lines_of(self, request: CallbackRequest) -> Self:
        """Return what must not be called while this person is: all requests on their lines."""
        requests: Any = self.model._default_manager
        person = requests.open().of_person(request).exclude(line_index="")
        # Read first: a subquery beside other conditions would make PostgreSQL scan the table.
        lines = {*person.values_list("line_index", flat=True), request.line_index} - {""}
        return self.filter(Q(person=request.person) | Q(line_index__in=lines))

    def _persons_on_hold(self) -> set[uuid.UUID]:
        """Return whom a legal hold covers: few, read along the index callback_legal_hold."""
        # Read first, and the holds before: else SQLite would walk through every person.
        standing = list(LegalHold.objects.standing().values_list("pk", flat=True))
        held = self.model._default_manager.filter(legal_hold__in=standing)
        return set(held.values_list("person", flat=True))
