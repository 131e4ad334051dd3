"""What leads see of the desk's work: charts, tables, and the same numbers as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact.intake.permissions import LEAD_INTAKE, VIEW_REQUESTS, staff_permission_required

from . import charts, figures
from .csv_export import csv_file
from .durations import duration
from .figures import Calls, Figures, Group, Rate, Requests, Week
from .period_form import PeriodForm
from .periods import Period, usual_period

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


@staff_permission_required(VIEW_REQUESTS)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(LEAD_INTAKE):
        return render(request, "intake/leads_only.html", status=403)
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
        "median": _minutes(found.requests.waits.median),
        "ninetieth": _minutes(found.requests.waits.ninetieth),
        "target": duration(found.requests.waits.target),
        "reached": part_of(found.calls.reached, found.calls.total),
    }
    return render(request, "intake/reports.html", context)


@staff_permission_required(LEAD_INTAKE)
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


def _minutes(count: int | None) -> str:
    return text(None) if count is None else duration(count)


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
    week = found.week
    yield Panel(
        "hours",
        _("Requests by weekday and hour"),
        f"{_('When people asked, on the desk’s clock.')} {_grouping(week)} "
        f"{_('The stronger its color, the more requests.')}",
        [str(WEEKDAYS[day]) for day in range(7)],
        [
            (_stretch(week, place), [text(count) for count in week.fields[place :: week.a_day]])
            for place in range(week.a_day)
        ],
        heat_map=charts.heat_map(
            week.fields,
            [str(WEEKDAYS_ABBR[day]) for day in range(7)],
            [_short_stretch(week, place) for place in range(week.a_day)],
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


def _grouping(week: Week) -> str:
    words = {"hours": week.hours}
    if not week.shown:
        return _("Even in fields of %(hours)d hours there are too few to show.") % words
    if week.hours == 1:
        return _("A field holds one hour.")
    return _("A field holds %(hours)d hours: smaller ones would hide more of the requests.") % words


def _stretch(week: Week, place: int) -> str:
    start = place * week.hours
    return f"{start:02}:00–{start + week.hours:02}:00" if week.hours > 1 else f"{start:02}:00"


def _short_stretch(week: Week, place: int) -> str:
    start = place * week.hours
    return f"{start}–{start + week.hours}" if week.hours > 1 else str(start)


def call_panels(found: Calls) -> Iterator[Panel]:
    if not found.total:
        return
    yield _of_rates(
        "tries",
        _("Reached, by try"),
        _("Of all first calls to a request, then of all second ones, and so on."),
        found.by_try,
    )
    yield _of_load(
        "staff",
        _("Calls by account"),
        _("Who made how many calls. Those with few calls are counted together."),
        found.by_account,
    )
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


def _of_load(slug: str, title: str, note: str, rates: Sequence[Rate]) -> Panel:
    """Like `_of_rates`, but drawn by how many calls there were."""
    calls = [(rate.label, _load(rate), rate.number) for rate in rates]
    return _of_rates(slug, title, note, rates)._replace(bars=charts.bars(calls))


def _load(rate: Rate) -> str:
    if rate.number is None:
        return text(None)
    words = {"calls": rate.number, "share": percent(rate.reached, rate.number)}
    if rate.reached is None:
        return _("%(calls)d calls") % words
    return _("%(calls)d calls · %(share)s reached") % words


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
