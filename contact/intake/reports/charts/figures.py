"""The figures that lead a report, each with the days before and with what counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext

from contact.intake.reports.counts.statistics import Statistics
from contact.intake.reports.durations import duration

from .panels import share_of, shown_number


class Figure(NamedTuple):
    """A label, its value in these days and in those before (empty: not compared), what counts."""

    label: str
    value: str
    before: str
    counts: str


def request_figures(found: Statistics) -> Iterator[Figure]:
    if not found.requests.total:
        return
    before, target = found.before, found.tries.target
    yield Figure(
        gettext("Asked for a call"),
        shown_number(found.requests.total),
        shown_number(before.total),
        gettext(
            "Every request that came in these days: with the form, or written down by staff. Not "
            "spam, not what looks automatic, not secret shoppers."
        ),
    )
    tries, earlier = found.tries.while_open, before.tries.while_open
    yield Figure(
        gettext("Tried within %s, the target, when asked while open") % duration(target),
        share_of(tries.within.get(target), tries.total),
        share_of(earlier.within.get(target), earlier.total),
        gettext(
            "Of those who asked with the form while the desk was open. What counts is opening time "
            "until our first call, whatever came of it. Who was never tried counts as not in time, "
            "also who asked a moment ago."
        ),
    )
    yield Figure(
        gettext("Came in within 48 hours"),
        share_of(found.came_in.soon, found.came_in.total),
        share_of(before.came_in.soon, before.came_in.total),
        gettext(
            "Of those who asked at least 48 hours ago. It counts when staff closed the request as "
            "“Came in” at most 48 hours after they asked, day and night. Whether somebody has an "
            "appointment for later is not noted, so it does not count."
        ),
    )


def danger_figures(found: Statistics) -> Iterator[Figure]:
    danger = found.requests.danger
    if not (found.requests.total and danger.total):
        return
    yield Figure(
        gettext("Asked for a call"),
        shown_number(danger.total),
        "",
        gettext("Requests on which words that may mean danger were found, also if found later."),
    )
    yield Figure(
        gettext("First called within 15 minutes of opening time"),
        share_of(danger.soon, danger.total),
        "",
        gettext(
            "Opening time from the moment they asked until our first call. Who was never called "
            "counts as not in time."
        ),
    )
    yield Figure(
        gettext("Reached since"),
        share_of(danger.reached, danger.total),
        "",
        gettext("Somebody spoke with them after the words were found: in a call, or when they "
                "called us or came."),
    )  # fmt: skip


def call_figures(found: Statistics) -> Iterator[Figure]:
    calls, before = found.calls, found.before
    if not calls.total:
        return
    yield Figure(
        gettext("Calls made"),
        shown_number(calls.total),
        shown_number(before.calls),
        gettext(
            "Calls of ours in these days, also to people who had asked before. Not calls that were "
            "taken back, and none about spam or secret shoppers."
        ),
    )
    yield Figure(
        gettext("Reached"),
        share_of(calls.reached, calls.total),
        share_of(before.reached, before.calls),
        gettext("The person themselves was on the line. Somebody else or a voicemail is not."),
    )
