"""Other requests that a card shows: from the same number, or perhaps from the same person."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from contact.models import CallbackRequest

# Limits that keep the card short.
MAX_REQUESTS_SHOWN = 20
MAX_SIMILAR_SHOWN = 5


class RelatedRequests(NamedTuple):
    """`open` are all other open requests of the number, newest first; the other lists are cut."""

    open: list[CallbackRequest]
    same_number: list[CallbackRequest]
    linked: list[CallbackRequest]
    similar_names: list[CallbackRequest]

    @property
    def open_shown(self) -> list[CallbackRequest]:
        return self.open[:MAX_REQUESTS_SHOWN]


def related_requests(callback: CallbackRequest) -> RelatedRequests:
    open_requests = list(callback.earlier_requests().open())
    return RelatedRequests(
        open_requests,
        _same_number(callback, open_requests[:MAX_REQUESTS_SHOWN]),
        _linked(callback),
        _similar_names(callback),
    )


def _same_number(
    callback: CallbackRequest, also_shown: list[CallbackRequest]
) -> list[CallbackRequest]:
    """The newest of the number's other requests, with those of `also_shown`, newest first."""
    shown = {other.pk: other for other in callback.earlier_requests()[:MAX_REQUESTS_SHOWN]}
    shown |= {other.pk: other for other in also_shown}
    return sorted(shown.values(), key=lambda other: other.created_at, reverse=True)


def _similar_names(callback: CallbackRequest) -> list[CallbackRequest]:
    """Requests under nearly the same name from other numbers, newest first, not linked yet."""
    if not callback.name_index:
        return []
    first = callback.same_person_as_id or callback.pk
    similar = CallbackRequest.objects.filter(name_index=callback.name_index)
    if callback.phone_index:
        similar = similar.exclude(phone_index=callback.phone_index)
    unlinked = similar.exclude(Q(pk=first) | Q(pk=callback.pk))
    # exclude() would drop the rows where `same_person_as` is NULL.
    unlinked = unlinked.filter(Q(same_person_as=None) | ~Q(same_person_as=first))
    return list(unlinked.order_by("-created_at")[:MAX_SIMILAR_SHOWN])


def _linked(callback: CallbackRequest) -> list[CallbackRequest]:
    """All other requests that were linked as the same person's, newest first."""
    first = callback.same_person_as_id or callback.pk
    group = CallbackRequest.objects.filter(Q(pk=first) | Q(same_person_as=first))
    return list(group.exclude(pk=callback.pk).order_by("-created_at")[:MAX_REQUESTS_SHOWN])
