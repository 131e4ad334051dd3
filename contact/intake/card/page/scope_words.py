"""How the card asks for whom a stop, an ending or a plan is: for the person, or for the line."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from .related_requests import MAX_REQUESTS_SHOWN, RelatedRequests


class ScopeAnswers(NamedTuple):
    """What can be chosen; the last two say what that does, and may be empty."""

    person: str
    line: str
    for_person: str = ""
    for_line: str = ""


class ScopeWords(NamedTuple):
    """`plan` is None where nobody else waits on the line: there is nothing to ask."""

    stop: ScopeAnswers
    close: ScopeAnswers
    plan: ScopeAnswers | None


def scope_words(related: RelatedRequests) -> ScopeWords:
    """Say what each answer does to the requests that the card shows."""
    person, line = gettext("This person alone"), gettext("Everybody on this line")
    if related.lines > 1:
        line = gettext("Everybody on the %d lines of this person") % related.lines
    others = len(related.open_on_line)
    closed, later = _also_closed(others), gettext("Whoever asks there later waits for a lead.")
    closed_by_stop = f"{closed} {_left_open(related.on_extensions)}".strip()
    planned = sum(not each.is_in_danger for each in related.open_on_line)
    after_a_stop = gettext("After a stop, whoever asks there later waits for a lead.")
    return ScopeWords(
        ScopeAnswers(
            person, line, _own_closed(len(related.open) + 1), f"{closed_by_stop} {later}".strip()
        ),
        ScopeAnswers(person, line, "", f"{closed_by_stop} {after_a_stop}".strip()),
        ScopeAnswers(person, line, "", _also_planned(planned)) if planned else None,
    )


def _own_closed(own: int) -> str:
    if own == 1:
        return gettext("Their request is closed.")
    words = ngettext(
        "Their %d open request is closed.",
        "Their %d open requests are closed.",
        own,
    )
    return words % own


def _also_closed(others: int) -> str:
    if not others:
        return ""
    if others >= MAX_REQUESTS_SHOWN:
        return gettext("All open requests of other people are closed too.")
    words = ngettext(
        "%d open request of somebody else is closed too.",
        "%d open requests of other people are closed too.",
        others,
    )
    return words % others


def _left_open(on_extensions: int) -> str:
    if not on_extensions:
        return ""
    if on_extensions >= MAX_REQUESTS_SHOWN:
        return gettext(
            "Requests on extensions of this number stay open; list and card say that it asked to "
            "stop."
        )
    words = ngettext(
        "%d request on an extension of this number stays open; list and card say that it asked to "
        "stop.",
        "%d requests on extensions of this number stay open; list and card say that it asked to "
        "stop.",
        on_extensions,
    )
    return words % on_extensions


def _also_planned(others: int) -> str:
    if others >= MAX_REQUESTS_SHOWN:
        return gettext("All open requests of other people are called then too.")
    words = ngettext(
        "%d open request of somebody else is called then too.",
        "%d open requests of other people are called then too.",
        others,
    )
    return words % others
