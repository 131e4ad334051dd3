"""The panels of first tries."""

from __future__ import annotations

import math
from collections.abc import Iterator

from django.utils.translation import gettext

from .durations import duration
from .first_tries import FirstTries, TriesStatistics
from .panels import Fact, Panel, group_panel, share_of, shown_number


def try_panels(found: TriesStatistics, before: TriesStatistics) -> Iterator[Panel]:
    """Of requests that the form brought, by whether the desk was open when they asked."""
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
    pairs = zip(_facts(tries, tries), _facts(tries, earlier), strict=True)
    return panel._replace(facts=[Fact(label, now, then) for (label, now), (_, then) in pairs])


def _facts(like: FirstTries, tries: FirstTries) -> Iterator[tuple[str, str]]:
    """The numbers of `tries`, at the limits of `like`."""
    total = tries.total
    yield gettext("Asked"), shown_number(total)
    for minutes in like.within:
        yield (
            gettext("Tried within %s") % duration(minutes),
            share_of(tries.within.get(minutes), total) if total else _none(total),
        )
    yield gettext("Never tried"), share_of(tries.never, total) if total else _none(total)
    yield gettext("Half tried within"), _wait(tries.median, total)
    yield gettext("90% tried within"), _wait(tries.ninetieth, total)


def _wait(minutes: float | None, total: int | None) -> str:
    if minutes is None:
        return _none(total)
    return gettext("never") if math.isinf(minutes) else duration(int(minutes))


def _none(total: int | None) -> str:
    return shown_number(None) if total is None else "–"
