"""Floods: which new requests stand apart, so that they do not come before people.

Nothing is refused here. What stands apart is kept, marked, and called after the others; where its
words may mean danger, it takes its place by arrival and counts in every alarm.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from contact.models import CallbackRequest, CallbackRequestQuerySet, WordsSeen
from contact.privacy.matching import likeness
from contact.records.enums import Origin, Priority, SetApart

from .advertising import is_advertising

# Requests with danger that stand before everybody while nobody has called them.
HEAD_STARTS = 10
HEAD_STARTS_KEPT = timedelta(days=1)
# Limits for one number; families, shelters and clinics share one.
NUMBER_WINDOW = timedelta(hours=1)
PER_NUMBER, DANGERS_PER_NUMBER = 8, 2
# Near-same texts in a day: a caseworker may send some for several people.
PER_WORDS, PER_WORDS_IN_FLOOD, DANGERS_PER_WORDS = 6, 4, 2
# Enough to know; counting more of them would take longer with each.
MOST_COUNTED = 2 * PER_WORDS
# The desk as a whole: with more in an hour, likeness of words counts sooner.
DESK_WINDOW = timedelta(hours=1)
PER_DESK = 120


class SeenBefore:
    """What came before each of these new requests: its number within the hour, near-same words
    within a day. Asked once for each of them, in the order in which they came.

    `waiting` are those before it which are not in the database yet: they count with its rows.
    """

    @sensitive_variables()
    def __init__(
        self, requests: Sequence[CallbackRequest], waiting: Sequence[CallbackRequest]
    ) -> None:
        self.waiting, self._now = waiting, timezone.now()
        since = self._now - NUMBER_WINDOW
        numbers = {request.phone_index for request in requests}
        same = CallbackRequest.objects.filter(phone_index__in=numbers, created_at__gt=since)
        self._numbers = set(same.order_by().values_list("phone_index", flat=True))
        self._marks = {
            request.pk: likeness.marks(" ".join((str(request.message), str(request.needs))))
            for request in requests
            if request.origin == Origin.WEBSITE
        }
        marks = itertools.chain.from_iterable(self._marks.values())
        self._times = WordsSeen.objects.times(set(marks), self._now)
        self._noted: list[str] = []

    def has_number(self, request: CallbackRequest) -> bool:
        is_known = request.phone_index in self._numbers
        self._numbers.add(request.phone_index)
        return is_known

    def alike(self, request: CallbackRequest) -> int:
        """Return how many texts share the mark that most of them share with this one."""
        marks = self._marks[request.pk]
        alike = max((self._times[mark] for mark in marks), default=0)
        if alike < MOST_COUNTED:
            self._times.update(marks)
            self._noted += marks
        return alike

    def note_words(self) -> None:
        """Write down the marks of the words that were asked about."""
        WordsSeen.objects.note(self._noted, self._now)


@sensitive_variables()
def reason_to_set_apart(request: CallbackRequest, seen: SeenBefore) -> str:
    """Return why a new request stands apart; empty for others, and for what staff wrote down.

    Its priority is known.
    """
    is_number_known = seen.has_number(request)
    if request.origin != Origin.WEBSITE:
        return ""
    alike = seen.alike(request)
    if request.set_apart:
        return request.set_apart
    now = timezone.now()
    if are_words_too_many(alike, now, seen.waiting, is_danger=request.is_danger):
        return SetApart.WORDS
    if is_number_known and _is_number_used_up(request, now, seen.waiting):
        return SetApart.NUMBER
    if request.is_danger:
        return SetApart.DANGER if are_head_starts_spent(now, seen.waiting) else ""
    words = str(request.name), str(request.message), str(request.needs)
    return SetApart.ADVERTISING if is_advertising(*words) else ""


def are_words_too_many(
    alike: int, now: datetime, waiting: Sequence[CallbackRequest], *, is_danger: bool
) -> bool:
    """Whether so many near-same texts came before one that it stands apart."""
    if is_danger:
        return alike >= DANGERS_PER_WORDS
    return alike >= PER_WORDS or (alike >= PER_WORDS_IN_FLOOD and is_desk_flooded(now, waiting))


def are_head_starts_spent(
    now: datetime | None = None, waiting: Sequence[CallbackRequest] = ()
) -> bool:
    """Return whether as many stand before everybody as nobody has looked at yet.

    Whom staff called, or put first themselves, leaves its place to the next.
    """
    since = (now or timezone.now()) - HEAD_STARTS_KEPT
    # All open requests have a turn; saying so leads SQLite to the index callback_danger.
    ahead = CallbackRequest.objects.open().filter(
        priority=Priority.DANGER,
        turn_at__isnull=False,
        set_apart="",
        origin=Origin.WEBSITE,
        first_attempt_at=None,
        danger_at__gt=since,
    )
    known = [
        each
        for each in waiting
        if each.danger_at and each.danger_at > since and not each.set_apart and _is_by_form(each)
    ]
    return _is_at_least(ahead, HEAD_STARTS - len(known))


def is_desk_flooded(now: datetime, waiting: Sequence[CallbackRequest]) -> bool:
    since = now - DESK_WINDOW
    came = CallbackRequest.objects.filter(created_at__gt=since, origin=Origin.WEBSITE)
    known = [each for each in waiting if each.created_at > since and _is_by_form(each)]
    return _is_at_least(came, PER_DESK - len(known))


def _is_number_used_up(
    request: CallbackRequest, now: datetime, waiting: Sequence[CallbackRequest]
) -> bool:
    """Whether as many came for its number within the hour as one may send."""
    most = DANGERS_PER_NUMBER if request.is_danger else PER_NUMBER
    since = now - NUMBER_WINDOW
    same = CallbackRequest.objects.filter(phone_index=request.phone_index)
    recent = same.filter(created_at__gt=since, origin=Origin.WEBSITE)
    if request.is_danger:
        recent = recent.filter(priority=Priority.DANGER, first_attempt_at=None)
    known = [
        each
        for each in waiting
        if each.phone_index == request.phone_index
        and each.created_at > since
        and _is_by_form(each)
        and (each.is_danger or not request.is_danger)
    ]
    return _is_at_least(recent, most - len(known))


def _is_by_form(request: CallbackRequest) -> bool:
    return request.origin == Origin.WEBSITE


def _is_at_least(requests: CallbackRequestQuerySet, count: int) -> bool:
    return count <= 0 or len(requests.order_by().values_list("pk")[:count]) >= count
