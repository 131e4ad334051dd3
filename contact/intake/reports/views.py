"""Reports for leads: charts, tables, and the same numbers as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from contact.intake.permissions import LEAD_INTAKE, VIEW_REQUESTS, staff_permission_required

from .csv_export import csv_file
from .date_range_form import DateRangeForm
from .date_ranges import DateRange, default_range
from .durations import duration
from .panels import call_panels, request_panels, share_of, shown_number, talk_panels
from .statistics import Statistics, statistics_for


@staff_permission_required(VIEW_REQUESTS)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(LEAD_INTAKE):
        return render(request, "intake/leads_only.html", status=403)
    form = DateRangeForm(request.GET)
    dates = form.cleaned_data["dates"] if form.is_valid() else default_range()
    found = statistics_for(dates)
    context = {
        "form": form if form.errors else DateRangeForm(initial=dates._asdict()),
        "dates": dates,
        "statistics": found,
        "request_panels": list(request_panels(found.requests)),
        "call_panels": list(call_panels(found.calls)),
        "talk_panels": list(talk_panels(found.calls.talks)),
        "on_time": share_of(found.requests.waits.within_target, found.requests.waits.called),
        "median": _minutes(found.requests.waits.median),
        "ninetieth": _minutes(found.requests.waits.ninetieth),
        "target": duration(found.requests.waits.target),
        "danger_soon": share_of(found.requests.danger.soon, found.requests.danger.total),
        "danger_reached": share_of(found.requests.danger.reached, found.requests.danger.total),
        "reached": share_of(found.calls.reached, found.calls.total),
    }
    return render(request, "intake/reports.html", context)


@staff_permission_required(LEAD_INTAKE)
@require_safe
def statistics_csv(request: HttpRequest) -> HttpResponseBase:
    """The numbers of the page as a file; nothing in it is about one person."""
    form = DateRangeForm(request.GET)
    dates = form.cleaned_data["dates"] if form.is_valid() else default_range()
    return csv_file(
        f"callback-statistics-{file_name_part(dates)}", statistics_rows(statistics_for(dates))
    )


def file_name_part(dates: DateRange) -> str:
    return f"{dates.first.isoformat()}-to-{dates.last.isoformat()}"


def statistics_rows(found: Statistics) -> Iterator[Sequence[str]]:
    """A row for each number, with its chart and its group."""
    waits, dates = found.requests.waits, found.dates
    yield [gettext("Report"), gettext("Group"), gettext("Measure"), gettext("Value")]
    days = gettext("Days")
    yield [days, "", gettext("From"), dates.first.isoformat()]
    yield [days, "", gettext("To"), dates.last.isoformat()]
    yield [gettext("Requests"), "", gettext("Number"), shown_number(found.requests.total)]
    yield [gettext("Left out as spam"), "", gettext("Number"), shown_number(found.excluded)]
    if found.requests.total:
        title = gettext("Minutes to the first call")
        for measure, value in (
            (gettext("Half called within"), waits.median),
            (gettext("90% called within"), waits.ninetieth),
            (gettext("Target"), waits.target),
            (gettext("Called"), waits.called),
            (gettext("Called within the target"), waits.within_target),
        ):
            yield [title, "", measure, shown_number(value)]
        title, danger = gettext("Words that may mean danger"), found.requests.danger
        for measure, value in (
            (gettext("Number"), danger.total),
            (gettext("First called within 15 minutes of opening time"), danger.soon),
            (gettext("Reached"), danger.reached),
        ):
            yield [title, "", measure, shown_number(value)]
    yield [gettext("Calls"), "", gettext("Number"), shown_number(found.calls.total)]
    if found.calls.total:
        yield [gettext("Calls"), "", gettext("Reached"), shown_number(found.calls.reached)]
    talks = found.calls.talks
    yield [gettext("Talks that they began"), "", gettext("Number"), shown_number(talks.total)]
    for panel in (
        *request_panels(found.requests),
        *call_panels(found.calls),
        *talk_panels(talks),
    ):
        for group, values in panel.rows:
            for column, words in zip(panel.columns, values, strict=True):
                yield [panel.title, group, column, words]


def _minutes(count: int | None) -> str:
    return shown_number(None) if count is None else duration(count)
