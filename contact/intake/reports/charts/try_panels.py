"""The panels of first tries."""

from __future__ import annotations

import math
from collections.abc import Iterator

from django.utils.translation import gettext

from contact.intake.reports.counts.first_tries import FirstTries, TriesStatistics
from contact.intake.reports.durations import duration

from .panels import KeyFigure, Panel, group_panel, percent, share_of, shown_number


def try_panels(found: TriesStatistics, before: TriesStatistics) -> Iterator[Panel]:
    """Panels of requests from the form, by whether the desk was open when they asked."""
    titles = (
        gettext("First try: asked while open"),
        gettext("First try: asked after hours"),
        gettext("First try: open or not was not noted"),
    )
    notes = (
        gettext("With the form, while the desk was open."),
        gettext("With the form, while the desk was closed: time counts from its opening."),
        gettext("With the form, before it was noted, or while no opening hours were set."),
    )
    counts = gettext(
        "Opening time from the moment they asked until our first call to them, whatever came of "
        "it; around the clock while no opening hours are set. All who asked count, so who was "
        "never tried counts as not in time, even if they called us themselves. Requests that staff "
        "wrote down are not counted: somebody talked with these people at once."
    )
    for tries, earlier, title, note in zip(found.kinds, before.kinds, titles, notes, strict=True):
        if tries.total:
            yield _panel(tries, earlier, title, note, counts)


def hidden_kinds(found: TriesStatistics) -> list[str]:
    """The names of those of which there are too few to show."""
    names = (
        gettext("asked while open"),
        gettext("asked after hours"),
        gettext("open or not was not noted"),
    )
    return [name for name, tries in zip(names, found.kinds, strict=True) if tries.total is None]


def shopper_panels(found: TriesStatistics, before: TriesStatistics) -> Iterator[Panel]:
    if found.secret_shoppers.total:
        yield _panel(
            found.secret_shoppers,
            before.secret_shoppers,
            gettext("First try: secret shoppers"),
            gettext("Left out of everything else in this report."),
            gettext(
                "Requests of these days that a lead marked as a secret shopper’s, however they "
                "came and ended. Time counts as for others."
            ),
        )


def _panel(tries: FirstTries, earlier: FirstTries, title: str, note: str, counts: str) -> Panel:
    panel = group_panel(tries.slug, title, note, tries.groups, tries.total or 0, counts=counts)
    before = _before(tries, earlier)
    facts = [KeyFigure(*pair, then) for pair, then in zip(_facts(tries), before, strict=True)]
    return panel._replace(facts=facts)


def _facts(tries: FirstTries) -> Iterator[tuple[str, str]]:
    yield gettext("Asked"), shown_number(tries.total)
    for minutes, number in tries.within.items():
        words = gettext("Tried within %s") % duration(minutes)
        yield words, share_of(number, tries.total)
    yield gettext("Never tried"), share_of(tries.never, tries.total)
    yield gettext("Half tried within"), _wait(tries.median, tries.total)
    yield gettext("90% tried within"), _wait(tries.ninetieth, tries.total)


def _before(tries: FirstTries, earlier: FirstTries) -> Iterator[str]:
    """The same of the days before, as shares alone."""
    yield shown_number(earlier.total)
    for minutes in tries.within:
        yield percent(earlier.within.get(minutes), earlier.total)
    yield percent(earlier.never, earlier.total)
    yield _wait(earlier.median, earlier.total)
    yield _wait(earlier.ninetieth, earlier.total)


def _wait(minutes: float | None, total: int | None) -> str:
    if total == 0:
        return "–"
    if minutes is None:
        return shown_number(None)
    return gettext("never") if math.isinf(minutes) else duration(int(minutes))
