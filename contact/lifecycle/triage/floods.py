"""Floods: which new requests stand apart, so that they do not come before people.

Nothing is refused here. What stands apart is kept, marked, and called after the others; where its
words may mean danger, it takes its place by arrival and counts in every alarm.
"""

from __future__ import annotations

from collections.abc import Iterable
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


class NumbersSeen:
    """The numbers among those of new requests from which somebody asked within the hour."""

    def __init__(self, requests: Iterable[CallbackRequest]) -> None:
        since = timezone.now() - NUMBER_WINDOW
        numbers = {request.phone_index for request in requests}
        same = CallbackRequest.objects.filter(phone_index__in=numbers, created_at__gt=since)
        self._seen = set(same.order_by().values_list("phone_index", flat=True))

    def has_seen(self, request: CallbackRequest) -> bool:
        """Return whether it was there before this request, and note that it is."""
        is_known = request.phone_index in self._seen
        self._seen.add(request.phone_index)
        return is_known


@sensitive_variables()
def reason_to_set_apart(request: CallbackRequest, numbers: NumbersSeen) -> str:
    """Return why a new request stands apart; empty for others, and for what staff wrote down.

    Its priority is known. Notes the marks of its words.
    """
    is_number_known = numbers.has_seen(request)
    if request.origin != Origin.WEBSITE:
        return ""
    now = timezone.now()
    written = (str(request.message), str(request.needs))
    marks = likeness.marks(" ".join(written))
    alike = WordsSeen.objects.most_alike(marks, now) if marks else 0
    if alike < MOST_COUNTED:
        WordsSeen.objects.note(marks, now)
    if request.set_apart:
        return request.set_apart
    most_of_number = PER_NUMBER
    if request.is_danger:
        most_words, most_of_number = DANGERS_PER_WORDS, DANGERS_PER_NUMBER
    else:
        most_words = PER_WORDS_IN_FLOOD if alike and is_desk_flooded(now) else PER_WORDS
    if alike >= most_words:
        return SetApart.WORDS
    if is_number_known and _of_number(request, now, most_of_number) >= most_of_number:
        return SetApart.NUMBER
    if request.is_danger:
        return SetApart.DANGER if are_head_starts_spent(now) else ""
    return SetApart.ADVERTISING if is_advertising(str(request.name), *written) else ""


def are_head_starts_spent(now: datetime | None = None) -> bool:
    """Return whether as many stand before everybody as nobody has looked at yet.

    Whom staff called, or put first themselves, leaves its place to the next.
    """
    now = now or timezone.now()
    # All open requests have a turn; saying so leads SQLite to the index callback_danger.
    ahead = CallbackRequest.objects.open().filter(
        priority=Priority.DANGER,
        turn_at__isnull=False,
        set_apart="",
        origin=Origin.WEBSITE,
        first_attempt_at=None,
        danger_at__gt=now - HEAD_STARTS_KEPT,
    )
    return _is_at_least(ahead, HEAD_STARTS)


def is_desk_flooded(now: datetime | None = None) -> bool:
    since = (now or timezone.now()) - DESK_WINDOW
    came = CallbackRequest.objects.filter(created_at__gt=since, origin=Origin.WEBSITE)
    return _is_at_least(came, PER_DESK)


def _of_number(request: CallbackRequest, now: datetime, most: int) -> int:
    same = CallbackRequest.objects.filter(phone_index=request.phone_index)
    recent = same.filter(created_at__gt=now - NUMBER_WINDOW, origin=Origin.WEBSITE)
    if request.is_danger:
        recent = recent.filter(priority=Priority.DANGER, first_attempt_at=None)
    return len(recent.order_by().values_list("pk")[:most])


def _is_at_least(requests: CallbackRequestQuerySet, count: int) -> bool:
    return len(requests.order_by().values_list("pk")[:count]) >= count
