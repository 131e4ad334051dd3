"""How the card asks for whom a stop, an ending or a plan is: for the person, or for the line."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from .related_requests import MAX_REQUESTS_SHOWN, RelatedRequests


class Answers(NamedTuple):
    person: str
    line: str


class ScopeWords(NamedTuple):
    """`plan` is None where nobody else is on the line: there is nothing to ask."""

    stop: Answers
    close: Answers
    plan: Answers | None


def scope_words(related: RelatedRequests) -> ScopeWords:
    """Say what each answer does to the requests that the card shows."""
    own, others = len(related.open) + 1, len(related.open_on_line)
    stopped = ngettext(
        "This person alone. Their request is closed.",
        "This person alone. Their %d open requests are closed.",
        own,
    )
    alone = gettext("This person alone")
    sentences = [
        _line(related),
        gettext("Nobody on it is called again."),
        _also_closed(others),
        gettext("Whoever asks for a call to it later waits for a lead."),
    ]
    plan = Answers(alone, f"{_line(related)} {_also_planned(others)}") if others else None
    return ScopeWords(
        Answers(stopped % own if own > 1 else stopped, " ".join(filter(None, sentences))),
        Answers(alone, " ".join(filter(None, [_line(related), _also_closed(others)]))),
        plan,
    )


def _line(related: RelatedRequests) -> str:
    if related.lines > 1:
        return gettext("All %d lines of this person, and everybody on them.") % related.lines
    return gettext("This line, and everybody on it.")


def _also_closed(others: int) -> str:
    if not others:
        return ""
    if others >= MAX_REQUESTS_SHOWN:
        return gettext("All open requests of other people on it are closed too.")
    words = ngettext(
        "%d open request of somebody else is closed too.",
        "%d open requests of other people are closed too.",
        others,
    )
    return words % others


def _also_planned(others: int) -> str:
    if others >= MAX_REQUESTS_SHOWN:
        return gettext("All open requests of other people on it are planned for then too.")
    words = ngettext(
        "%d open request of somebody else is planned for then too.",
        "%d open requests of other people are planned for then too.",
        others,
    )
    return words % others
