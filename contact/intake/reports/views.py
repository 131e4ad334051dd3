"""Reports for leads: charts, tables, and the same numbers as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from contact.intake.permissions import LEAD_INTAKE, VIEW_REQUESTS, staff_permission_required

from .charts.call_panels import call_panels, talk_panels
from .charts.figures import Figure, call_figures, danger_figures, request_figures
from .charts.panels import Panel, shown_number
from .charts.request_panels import request_panels
from .charts.try_panels import hidden_kinds, shopper_panels, try_panels
from .counts.statistics import Statistics, statistics_for
from .csv_export import csv_file
from .date_range_form import DateRangeForm
from .date_ranges import DateRange, default_range
from .disclosure_control import ALL_SHOWN, PROTECTED, DisclosureControl

# In the session of a lead whose screen others see.
SHARED_SCREEN = "reports_shared_screen"


@staff_permission_required(VIEW_REQUESTS)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """All figures for leads; the protected ones while others see the screen."""
    if not request.user.has_perm(LEAD_INTAKE):
        return render(request, "intake/reports/leads_only.html", status=403)
    is_shared = request.session.get(SHARED_SCREEN, False)
    return _render(request, PROTECTED if is_shared else ALL_SHOWN, is_shared=is_shared)


@staff_permission_required(LEAD_INTAKE)
@require_safe
def reports_to_share(request: HttpRequest) -> HttpResponse:
    """The figures that may leave the desk, for print."""
    return _render(request, PROTECTED)


@staff_permission_required(LEAD_INTAKE)
@require_POST
def shared_screen(request: HttpRequest) -> HttpResponse:
    """Hide small groups until the lead says that nobody else sees the screen, or logs out."""
    if "on" in request.POST:
        request.session[SHARED_SCREEN] = True
    else:
        request.session.pop(SHARED_SCREEN, None)
    return HttpResponseRedirect(f"{reverse('intake:reports')}?{_dates(request.POST).query}")


def _render(request: HttpRequest, control: DisclosureControl, **over: Any) -> HttpResponse:
    form = DateRangeForm(request.GET)
    dates = _dates(request.GET)
    found = statistics_for(dates, control)
    context = {
        "form": form if form.errors else DateRangeForm(initial=dates._asdict()),
        "dates": dates,
        "ends_today": dates.last >= timezone.localdate(),
        "time_zone": settings.TIME_ZONE,
        "statistics": found,
        "request_figures": list(request_figures(found)),
        "danger_figures": list(danger_figures(found)),
        "call_figures": list(call_figures(found)),
        "try_panels": list(try_panels(found.tries, found.before.tries)),
        "hidden_kinds": hidden_kinds(found.tries),
        "shopper_panels": list(shopper_panels(found.tries, found.before.tries)),
        "request_panels": list(request_panels(found.requests)),
        "call_panels": list(call_panels(found.calls)),
        "talk_panels": list(talk_panels(found.calls.talks)),
    }
    return render(request, "intake/reports/report_figures.html", context | over)


def _dates(values: Any) -> DateRange:
    form = DateRangeForm(values)
    return form.cleaned_data["dates"] if form.is_valid() else default_range()


@staff_permission_required(LEAD_INTAKE)
@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponseBase:
    """The protected numbers as a file; nothing in it is about one person."""
    dates = _dates(request.GET)
    return csv_file(
        f"callback-statistics-{file_name_part(dates)}", statistics_rows(statistics_for(dates))
    )


def file_name_part(dates: DateRange) -> str:
    return f"{dates.first.isoformat()}-to-{dates.last.isoformat()}"


def statistics_rows(found: Statistics) -> Iterator[Sequence[str]]:
    """A row for each number, with its chart and its group."""
    number = gettext("Number")
    yield [gettext("Report"), gettext("Group"), gettext("Measure"), gettext("Value")]
    yield from _rows_of_days(found.dates)
    yield [gettext("Requests"), "", number, shown_number(found.requests.total)]
    yield [gettext("Left out as spam"), "", number, shown_number(found.excluded)]
    yield from _figure_rows(gettext("Requests"), request_figures(found))
    yield from _figure_rows(gettext("Words that may mean danger"), danger_figures(found))
    yield [gettext("Calls"), "", number, shown_number(found.calls.total)]
    yield from _figure_rows(gettext("Calls"), call_figures(found))
    talks = found.calls.talks
    yield [gettext("Talks that they began"), "", number, shown_number(talks.total)]
    shoppers = found.tries.secret_shoppers
    yield [gettext("Secret shoppers"), "", number, shown_number(shoppers.total)]
    for panel in (
        *try_panels(found.tries, found.before.tries),
        *request_panels(found.requests),
        *call_panels(found.calls),
        *talk_panels(talks),
        *shopper_panels(found.tries, found.before.tries),
    ):
        yield from _panel_rows(panel)


def _rows_of_days(dates: DateRange) -> Iterator[Sequence[str]]:
    for name, days in ((gettext("Days"), dates), (gettext("Days before"), dates.before)):
        yield [name, "", gettext("From"), days.first.isoformat()]
        yield [name, "", gettext("To"), days.last.isoformat()]
    yield [gettext("Days"), "", gettext("Time zone"), settings.TIME_ZONE]


def _figure_rows(report: str, figures: Iterable[Figure]) -> Iterator[Sequence[str]]:
    for figure in figures:
        yield [report, figure.label, gettext("These days"), figure.value]
        if figure.before:
            yield [report, figure.label, gettext("Days before"), figure.before]


def _panel_rows(panel: Panel) -> Iterator[Sequence[str]]:
    for fact in panel.facts:
        yield [panel.title, fact.label, gettext("These days"), fact.value]
        yield [panel.title, fact.label, gettext("Days before"), fact.before]
    for group, values in panel.rows:
        for column, words in zip(panel.columns, values, strict=True):
            yield [panel.title, group, column, words]
