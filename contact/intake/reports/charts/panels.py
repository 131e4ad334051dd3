"""The charts of a report with their words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.intake.reports.counts.call_statistics import CallStatistics, Rate, Talks
from contact.intake.reports.counts.counting import Group
from contact.intake.reports.counts.request_statistics import RequestStatistics, Week

from . import geometry

HIDDEN_MARK = "·"
LEFT_OUT = _("Left out: spam, what looks automatic, and secret shoppers.")
CALLS = _(
    "Calls of ours in these days. Reached: the person themselves was on the line. Left out: talks "
    "that they began, calls that were taken back, spam and secret shoppers."
)


class Fact(NamedTuple):
    """A number in these days and in those before."""

    label: str
    value: str
    before: str


class Panel(NamedTuple):
    """A chart and its numbers; a row has a name, and a text for each column.

    `counts`: what counts, and what does not.
    """

    slug: str
    title: str
    note: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    counts: str
    facts: Sequence[Fact] = ()
    bars: geometry.Bars | None = None
    upright: geometry.Columns | None = None
    heat_map: geometry.HeatMap | None = None


def shown_number(count: int | None) -> str:
    return gettext("hidden") if count is None else str(count)


def percent(part: int | None, whole: int | None) -> str:
    """In whole percent, rounded half up; a dash for a share of nothing."""
    if whole == 0:
        return "–"
    if part is None or whole is None:
        return gettext("hidden")
    return f"{(200 * part + whole) // (2 * whole)}%"


def share_of(part: int | None, whole: int | None) -> str:
    if whole == 0:
        return gettext("none")
    if part is None or whole is None:
        return gettext("hidden")
    words = {"part": part, "whole": whole, "share": percent(part, whole)}
    return gettext("%(part)d of %(whole)d (%(share)s)") % words


def request_panels(found: RequestStatistics) -> Iterator[Panel]:
    if not found.total:
        return
    week = found.week
    yield Panel(
        "hours",
        gettext("Requests by weekday and hour"),
        f"{gettext('When people asked, on the desk’s clock.')} {_grouping(week)} "
        f"{gettext('The stronger its color, the more requests.')}",
        [str(WEEKDAYS[day]) for day in range(7)],
        [
            (
                _hours_label(week, place),
                [shown_number(count) for count in week.blocks[place :: week.blocks_a_day]],
            )
            for place in range(week.blocks_a_day)
        ],
        gettext("All requests of these days, by the moment at which they asked. %s") % LEFT_OUT,
        heat_map=geometry.heat_map(
            week.blocks,
            [str(WEEKDAYS_ABBR[day]) for day in range(7)],
            [_short_hours_label(week, place) for place in range(week.blocks_a_day)],
            HIDDEN_MARK,
        ),
    )
    yield group_panel(
        "outcomes",
        gettext("What became of them"),
        gettext("As it stands now."),
        found.outcomes,
        found.total,
        counts=gettext(
            "All requests of these days, by how they stand at this moment: one that is open today "
            "may be closed tomorrow. %s"
        )
        % LEFT_OUT,
    )
    yield group_panel(
        "origins",
        gettext("How they came"),
        gettext("The form, or what staff wrote down for somebody who called or came."),
        found.origins,
        found.total,
        counts=gettext(
            "All requests of these days. Calls that they made later do not count here. %s"
        )
        % LEFT_OUT,
    )
    yield group_panel(
        "sources",
        gettext("The article they came from"),
        gettext("The name of the page on which they chose to ask for a call."),
        found.sources,
        found.total,
        counts=gettext(
            "All requests of these days, also those that staff wrote down, which have no article. "
            "%s"
        )
        % LEFT_OUT,
    )
    yield group_panel(
        "languages",
        gettext("Language"),
        gettext("For the call."),
        found.languages,
        found.total,
        counts=gettext("The language that they chose, or that staff put right later. %s")
        % LEFT_OUT,
    )


def _grouping(week: Week) -> str:
    words = {"hours": week.hours}
    if not week.shown:
        return gettext("Even in fields of %(hours)d hours there are too few to show.") % words
    if week.hours == 1:
        return gettext("A field holds one hour.")
    return (
        gettext("A field holds %(hours)d hours: smaller ones would hide more of the requests.")
        % words
    )


def _hours_label(week: Week, place: int) -> str:
    start = place * week.hours
    return f"{start:02}:00–{start + week.hours:02}:00" if week.hours > 1 else f"{start:02}:00"


def _short_hours_label(week: Week, place: int) -> str:
    start = place * week.hours
    return f"{start}–{start + week.hours}" if week.hours > 1 else str(start)


def talk_panels(found: Talks) -> Iterator[Panel]:
    if not found.total:
        return
    yield group_panel(
        "talks",
        gettext("Talks that they began"),
        gettext("People who called us or came to us about a request. No call of ours is counted."),
        [Group(label, number) for label, number in found.by_direction],
        found.total,
        counts=gettext(
            "Talks of these days that staff wrote down as begun by the person, also about older "
            "requests. Not talks that were taken back, and none about spam or secret shoppers."
        ),
    )


def call_panels(found: CallStatistics) -> Iterator[Panel]:
    if not found.total:
        return
    yield _rate_panel(
        "tries",
        gettext("Reached, by try"),
        gettext("Of all first calls to a request, then of all second ones, and so on."),
        found.by_try,
        gettext("The number of a call is that of our tries to this person. %s") % CALLS,
    )
    yield _load_panel(
        "staff",
        gettext("Calls by account"),
        gettext("Who made how many calls. Those with few calls are counted together."),
        found.by_account,
        str(CALLS),
    )
    yield _rate_panel(
        "clock",
        gettext("Reached, by hour"),
        gettext("The hour of the call on the desk’s clock."),
        found.by_hour,
        str(CALLS),
        upright=True,
    )


def group_panel(
    slug: str, title: str, note: str, groups: Sequence[Group], total: int, *, counts: str
) -> Panel:
    shares = [percent(group.number, total) for group in groups]
    values = [
        shown_number(group.number) if group.number is None else f"{group.number} · {share}"
        for group, share in zip(groups, shares, strict=True)
    ]
    return Panel(
        slug,
        title,
        note,
        [gettext("Number"), gettext("Share")],
        [
            (group.label, [shown_number(group.number), share])
            for group, share in zip(groups, shares, strict=True)
        ],
        counts,
        bars=geometry.bars(
            (group.label, value, group.number) for group, value in zip(groups, values, strict=True)
        ),
    )


def _rate_panel(
    slug: str,
    title: str,
    note: str,
    rates: Sequence[Rate],
    counts: str,
    *,
    upright: bool = False,
) -> Panel:
    drawn = [(rate, percent(rate.reached, rate.number)) for rate in rates]
    return Panel(
        slug,
        title,
        note,
        [gettext("Calls"), gettext("Reached"), gettext("Share reached")],
        [
            (rate.label, [shown_number(rate.number), shown_number(rate.reached), share])
            for rate, share in drawn
        ],
        counts,
        bars=None if upright else geometry.bars(_rate_bars(drawn), full=1),
        upright=geometry.columns(_rate_columns(drawn), full=1) if upright else None,
    )


def _load_panel(slug: str, title: str, note: str, rates: Sequence[Rate], counts: str) -> Panel:
    """Like `_rate_panel`, but drawn by the number of calls."""
    calls = [(rate.label, _load_text(rate), rate.number) for rate in rates]
    return _rate_panel(slug, title, note, rates, counts)._replace(bars=geometry.bars(calls))


def _load_text(rate: Rate) -> str:
    if rate.number is None:
        return shown_number(None)
    words = {"calls": rate.number, "share": percent(rate.reached, rate.number)}
    if rate.reached is None:
        return gettext("%(calls)d calls") % words
    return gettext("%(calls)d calls · %(share)s reached") % words


def _rate_bars(drawn: Iterable[tuple[Rate, str]]) -> Iterator[tuple[str, str, float | None]]:
    for rate, share in drawn:
        if rate.number is None:
            yield rate.label, shown_number(None), None
        elif not rate.number:
            yield rate.label, gettext("no calls"), 0
        elif rate.reached is None:
            yield (
                rate.label,
                gettext("%(calls)d calls · share hidden") % {"calls": rate.number},
                None,
            )
        else:
            words = {"share": share, "calls": rate.number}
            yield rate.label, gettext("%(share)s of %(calls)d calls") % words, _share(rate)


def _rate_columns(drawn: Iterable[tuple[Rate, str]]) -> list[tuple[str, str, float | None]]:
    return [
        (rate.label[:2], HIDDEN_MARK, None)
        if rate.number is None or rate.reached is None
        else (rate.label[:2], share if rate.number else "", _share(rate))
        for rate, share in drawn
    ]


def _share(rate: Rate) -> float | None:
    return rate.reached / rate.number if rate.reached is not None and rate.number else None
