"""Counting by the database, and what no report counts.

`triggers.py` names the columns that are read here.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, DateTimeField, ExpressionWrapper, Func, Q

from contact.models import CallAttempt, CallbackRequest
from contact.records.enums import Direction, Origin, Priority, Status
from contact.records.outcomes import CallOutcome, RequestOutcome
from contact.records.requests.queryset import DANGER_SINCE

from .sums import CLOSED_UNTRIED, NOT_TRIED_YET, Sums

# Requests with one of these values are spam or look automatic.
SPAM_VALUES: dict[str, list[Any]] = {
    "priority": [each for each in Priority if not each.facts.is_counted],
    "outcome": [each for each in RequestOutcome if not each.facts.is_counted],
}
IS_SPAM = Q(priority__in=SPAM_VALUES["priority"]) | Q(outcome__in=SPAM_VALUES["outcome"])
WRITTEN_BY_STAFF = {each for each in Origin if each.talk}
OURS = {each for each in Direction if each.is_ours}
SPOKE = {each for each in CallOutcome if each.facts.spoke}
# Later tries are counted together.
SEPARATE_TRIES = 5
# Danger is called soon within so many minutes, and somebody came in soon within so many hours.
SOON_MINUTES, SOON_HOURS = 15, 48

# Its start, inclusive, and its end, exclusive.
type Stretch = tuple[datetime, datetime]


class SoonAfter(Func):
    """48 hours after a moment; Django's own sum calls Python for each row on SQLite."""

    template = f"(%(expressions)s + interval '{SOON_HOURS} hours')"
    output_field = DateTimeField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"datetime(%(expressions)s, '+{SOON_HOURS} hours')"
        return super().as_sql(compiler, connection, template=template, **extra)


CAME_IN_SOON = Q(outcome=RequestOutcome.CAME_IN, closed_at__lte=SoonAfter("created_at"))


class LabelledNumber(NamedTuple):
    """The number of requests with this label; None: hidden."""

    label: str
    number: int | None


class Recent(NamedTuple):
    """Requests of the last 48 hours, and how many of them came in."""

    total: int
    came_in: int


def count(stretches: Sequence[Stretch]) -> Sums:
    """Count the requests received and the calls made in these stretches of time."""
    sums = Sums()
    if stretches:
        received = CallbackRequest.objects.filter(_within("created_at", stretches)).order_by()
        _count_requests(received, sums)
        _count_calls(CallAttempt.objects.standing().filter(_within("at", stretches)), sums)
    return sums


def count_recent(now: datetime, stretch: Stretch) -> Recent:
    """Count requests of this stretch of time that are younger than 48 hours at `now`."""
    earliest = now - timedelta(hours=SOON_HOURS) + timedelta.resolution
    start, end = max(stretch[0], earliest), stretch[1]
    if start >= end:
        return Recent(0, 0)
    asked = _counted(CallbackRequest.objects.filter(_within("created_at", [(start, end)])))
    found = asked.aggregate(total=Count("pk"), came_in=Count("pk", filter=CAME_IN_SOON))
    return Recent(**found)


def _within(column: str, stretches: Sequence[Stretch]) -> Q:
    return reduce(
        operator.or_,
        (Q((f"{column}__gte", start), (f"{column}__lt", end)) for start, end in stretches),
    )


def _counted(received: Any) -> Any:
    return received.filter(is_secret_shopper=False).exclude(IS_SPAM)


def _count_requests(received: Any, sums: Sums) -> None:
    """One pass along the index that holds all these columns, then the few in danger."""
    came_in_soon = ExpressionWrapper(CAME_IN_SOON, BooleanField(null=True))
    for (
        outcome,
        priority,
        is_shopper,
        soon,
        language,
        source,
        hour,
        *first_try,
    ) in received.annotate(came_in_soon=came_in_soon).values_list(
        *("outcome", "priority", "is_secret_shopper", "came_in_soon", "language", "source"),
        *("hour_of_week", "origin", "asked_while_open", "first_attempt_minutes", "status"),
    ):
        if is_shopper:
            _count_first_try(sums, *first_try, is_shopper=True)
        elif priority in SPAM_VALUES["priority"] or outcome in SPAM_VALUES["outcome"]:
            sums.requests["left_out"] += 1
        else:
            sums.outcomes[outcome] += 1
            sums.languages[language] += 1
            sums.sources[source] += 1
            sums.hours[str(hour)] += 1
            sums.origins[first_try[0]] += 1
            sums.requests["came_in_soon"] += bool(soon)
            _count_first_try(sums, *first_try)
    danger = _counted(received.filter(priority=Priority.DANGER)).aggregate(
        danger=Count("pk"),
        danger_soon=Count("pk", filter=Q(first_attempt_minutes__lte=SOON_MINUTES)),
        danger_reached=Count("pk", filter=Q(reached_at__gte=DANGER_SINCE)),
    )
    sums.requests.update(danger)


def _count_first_try(
    sums: Sums,
    origin: str,
    was_open: bool | None,
    minutes: int | None,
    status: str,
    *,
    is_shopper: bool = False,
) -> None:
    if is_shopper:
        waits = sums.secret_shoppers
    elif origin in WRITTEN_BY_STAFF:
        waits = sums.written_by_staff
    else:
        waits = {True: sums.while_open, False: sums.after_hours, None: sums.not_noted}[was_open]
    never = CLOSED_UNTRIED if status == Status.CLOSED else NOT_TRIED_YET
    waits[never if minutes is None else str(minutes)] += 1


def _count_calls(calls: Any, sums: Sums) -> None:
    """Count the calls but those about spam or a secret shopper."""
    is_spam = Q(request__priority__in=SPAM_VALUES["priority"]) | Q(
        request__outcome__in=SPAM_VALUES["outcome"]
    )
    calls = calls.filter(request__is_secret_shopper=False).exclude(is_spam).order_by()
    columns = ("number", "hour_of_week", "by", "outcome", "direction")
    counted = calls.values_list(*columns).annotate(calls_made=Count("pk"))
    for number, hour, account, outcome, direction, calls_made in counted:
        if direction not in OURS:
            sums.talks[direction] += calls_made
            continue
        reached = calls_made * (outcome in SPOKE)
        for made_by, reached_by, value in (
            (sums.tries, sums.tries_reached, min(number, SEPARATE_TRIES + 1)),
            (sums.hours_called, sums.hours_reached, hour % 24),
            (sums.accounts, sums.accounts_reached, account),
        ):
            made_by[str(value)] += calls_made
            reached_by[str(value)] += reached
