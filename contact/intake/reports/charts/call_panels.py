"""The charts of a report about calls and talks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.intake.reports.counts.call_statistics import CallStatistics, Rate, Talks
from contact.intake.reports.counts.counting import LabelledNumber

from . import geometry
from .panels import HIDDEN_MARK, Panel, group_panel, percent, shown_number

WHICH_CALLS_COUNT = _(
    "Calls of ours in these days. Reached: the person themselves was on the line. Left out: talks "
    "that they began, calls that were taken back, spam and secret shoppers."
)


def talk_panels(found: Talks) -> Iterator[Panel]:
    if not found.total:
        return
    yield group_panel(
        "talks",
        gettext("Talks that they began"),
        gettext("People who called us or came to us about a request. No call of ours is counted."),
        [LabelledNumber(label, number) for label, number in found.by_direction],
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
        gettext("The number of a call is that of our tries to this person. %s") % WHICH_CALLS_COUNT,
    )
    yield _load_panel(
        "staff",
        gettext("Calls by account"),
        gettext("Who made how many calls. Those with few calls are counted together."),
        found.by_account,
        str(WHICH_CALLS_COUNT),
    )
    yield _rate_panel(
        "clock",
        gettext("Reached, by hour"),
        gettext("The hour of the call on the desk’s clock."),
        found.by_hour,
        str(WHICH_CALLS_COUNT),
        upright=True,
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
        upright=geometry.column_chart(_rate_columns(drawn), full=1) if upright else None,
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
