"""What a stop of a line means for the requests on it, which may be somebody else's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contact.models import CallbackRequest, LineStop
from contact.records.enums import Status


def line_stopped_at(request: CallbackRequest) -> datetime | None:
    """Return when somebody on this line last asked for no calls to it, or None."""
    stop = LineStop.objects.holding(request.line_index, request.phone_index).first()
    return stop.stopped_at if stop else None


def stopped_lines(requests: Iterable[CallbackRequest]) -> set[str]:
    """Return the indexes of those lines and numbers of these requests that asked for no calls."""
    lines = {index for each in requests for index in (each.line_index, each.phone_index)}
    return {*LineStop.objects.newest_by_line(lines)}


def is_left_to_a_lead(request: CallbackRequest) -> bool:
    """Return whether a lead decides first about a new request, as its line asked for no calls.

    Danger waits for no lead: whoever calls sees the wish on the card.
    """
    return not request.is_danger and line_stopped_at(request) is not None


def waits_for_a_person(request: CallbackRequest) -> bool:
    """Return whether somebody has to decide first, as its line asked for no calls.

    The wish of whoever sent a newer request decides nothing: it may be somebody else.
    """
    return request.status == Status.LEAD and line_stopped_at(request) is not None
