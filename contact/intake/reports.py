"""What leads see of the desk's work: charts, tables, and the same numbers as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import charts, figures
from .doors import LEAD, staff_with
from .figures import Calls, Figures, Group, Rate, Requests
from .period_form import PeriodForm
from .periods import Period, usual_period
from .spreadsheets import csv_file

HIDDEN_MARK = "·"


class Panel(NamedTuple):
    """A chart and its numbers; `rows` have a name and a text for each column."""

    slug: str
    title: str
    note: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    bars: charts.Bars | None = None
    upright: charts.Columns | None = None
    heat_map: charts.HeatMap | None = None


@staff_with(LEAD)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    period = form.cleaned_data["period"] if form.is_valid() else usual_period()
    found = figures.figures(period)
    context = {
        "form": form if form.errors else PeriodForm(initial=period._asdict()),
        "period": period,
        "figures": found,
        "request_panels": list(request_panels(found.requests)),
        "call_panels": list(call_panels(found.calls)),
        "on_time": part_of(found.requests.waits.within_target, found.requests.waits.called),
        "reached": part_of(found.calls.reached, found.calls.total),
    }
    return render(request, "intake/reports.html", context)


@staff_with(LEAD)
@require_safe
def statistics(request: HttpRequest) -> HttpResponseBase:
    """The numbers of the page as a file, without anything about one person."""
    form = PeriodForm(request.GET)
    period = form.cleaned_data["period"] if form.is_valid() else usual_period()
    return csv_file(f"callback-statistics-{name_of(period)}", rows(figures.figures(period)))


def name_of(period: Period) -> str:
    return f"{period.first.isoformat()}-to-{period.last.isoformat()}"


def rows(found: Figures) -> Iterator[Sequence[str]]:
    """A line for each number, with the chart and the group that it belongs to."""
    waits, period = found.requests.waits, found.period
    yield [_("Report"), _("Group"), _("Measure"), _("Value")]
    days = _("Days")
    yield [days, "", _("From"), period.first.isoformat()]
    yield [days, "", _("To"), period.last.isoformat()]
    yield [_("Requests"), "", _("Number"), text(found.requests.total)]
    yield [_("Left out as spam"), "", _("Number"), text(found.left_out)]
    if found.requests.total:
        title = _("Minutes to the first call")
        for measure, value in (
            (_("Half called within"), waits.median),
            (_("90% called within"), waits.ninetieth),
            (_("Target"), waits.target),
            (_("Called"), waits.called),
            (_("Called within the target"), waits.within_target),
        ):
            yield [title, "", measure, text(value)]
    yield [_("Calls"), "", _("Number"), text(found.calls.total)]
    if found.calls.total:
        yield [_("Calls"), "", _("Reached"), text(found.calls.reached)]
    for panel in (*request_panels(found.requests), *call_panels(found.calls)):
        for group, values in panel.rows:
            for column, words in zip(panel.columns, values, strict=True):
                yield [panel.title, group, column, words]


def text(count: int | None) -> str:
    return _("hidden") if count is None else str(count)


def percent(part: int | None, whole: int | None) -> str:
    """Whole percents, rounded half up."""
    return f"{(200 * part + whole) // (2 * whole)}%" if part is not None and whole else _("hidden")


def part_of(part: int | None, whole: int | None) -> str:
    if part is None or whole is None:
        return _("hidden")
    words = {"part": part, "whole": whole, "share": percent(part, whole)}
    return _("%(part)d of %(whole)d (%(share)s)") % words


def request_panels(found: Requests) -> Iterator[Panel]:
    if not found.total:
        return
    yield Panel(
        "hours",
        _("Requests by weekday and hour"),
        _("When people asked, on the desk’s clock. The stronger its color, the more requests."),
        [str(WEEKDAYS[day]) for day in range(7)],
        [
            (f"{hour:02}:00", [text(count) for count in found.by_hour[hour::24]])
            for hour in range(24)
        ],
        heat_map=charts.heat_map(
            found.by_hour,
            [str(WEEKDAYS_ABBR[day]) for day in range(7)],
            [str(hour) for hour in range(24)],
            HIDDEN_MARK,
        ),
    )
    yield _of_groups(
        "waits",
        _("Time to the first call"),
        _("Counted in opening time, or around the clock while no opening hours are set."),
        found.waits.groups,
        found.total,
    )
    yield _of_groups(
        "outcomes", _("What became of them"), _("As it stands now."), found.outcomes, found.total
    )
    yield _of_groups(
        "sources",
        _("The article they came from"),
        _("The name of the page on which they chose to ask for a call."),
        found.sources,
        found.total,
    )
    yield _of_groups("languages", _("Language"), _("For the call."), found.languages, found.total)


def call_panels(found: Calls) -> Iterator[Panel]:
    if not found.total:
        return
    yield _of_rates(
        "tries",
        _("Reached, by try"),
        _("Of all first calls to a request, then of all second ones, and so on."),
        found.by_try,
    )
    yield _of_rates("staff", _("Calls by account"), _("Who made the calls."), found.by_account)
    yield _of_rates(
        "clock",
        _("Reached, by hour"),
        _("The hour of the call on the desk’s clock."),
        found.by_hour,
        upright=True,
    )


def _of_groups(slug: str, title: str, note: str, groups: Sequence[Group], total: int) -> Panel:
    shares = [percent(group.number, total) for group in groups]
    values = [
        text(group.number) if group.number is None else f"{group.number} · {share}"
        for group, share in zip(groups, shares, strict=True)
    ]
    return Panel(
        slug,
        title,
        note,
        [_("Number"), _("Share")],
        [
            (group.label, [text(group.number), share])
            for group, share in zip(groups, shares, strict=True)
        ],
        bars=charts.bars(
            (group.label, value, group.number) for group, value in zip(groups, values, strict=True)
        ),
    )


def _of_rates(
    slug: str, title: str, note: str, rates: Sequence[Rate], *, upright: bool = False
) -> Panel:
    drawn = [(rate, percent(rate.reached, rate.number)) for rate in rates]
    return Panel(
        slug,
        title,
        note,
        [_("Calls"), _("Reached"), _("Share reached")],
        [(rate.label, [text(rate.number), text(rate.reached), share]) for rate, share in drawn],
        bars=None if upright else charts.bars(_rate_bars(drawn), full=1),
        upright=charts.columns(_rate_columns(drawn), full=1) if upright else None,
    )


def _rate_bars(drawn: Iterable[tuple[Rate, str]]) -> Iterator[tuple[str, str, float | None]]:
    for rate, share in drawn:
        if rate.number is None:
            yield rate.label, text(None), None
        elif rate.reached is None:
            yield rate.label, _("%(calls)d calls · share hidden") % {"calls": rate.number}, None
        else:
            words = {"share": share, "calls": rate.number}
            yield rate.label, _("%(share)s of %(calls)d calls") % words, _share(rate)


def _rate_columns(drawn: Iterable[tuple[Rate, str]]) -> list[tuple[str, str, float | None]]:
    return [
        (rate.label[:2], share, _share(rate))
        if rate.reached is not None
        else (rate.label[:2], HIDDEN_MARK, None)
        for rate, share in drawn
    ]


def _share(rate: Rate) -> float | None:
    return rate.reached / rate.number if rate.reached is not None and rate.number else None
