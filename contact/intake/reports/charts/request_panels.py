"""The charts of a report about requests."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.intake.reports.counts.request_statistics import RequestStatistics, Week

from . import geometry
from .panels import HIDDEN_MARK, Panel, group_panel, shown_number

WHICH_REQUESTS_COUNT = _("Left out: spam, what looks automatic, and secret shoppers.")


def request_panels(found: RequestStatistics) -> Iterator[Panel]:
    if not found.total:
        return
    yield _hours_panel(found.week)
    for slug, title, note, groups, counts in (
        (
            "outcomes",
            gettext("What became of them"),
            gettext("As it stands now."),
            found.outcomes,
            gettext(
                "All requests of these days, by how they stand at this moment: one that is open "
                "today may be closed tomorrow. %s"
            ),
        ),
        (
            "origins",
            gettext("How they came"),
            gettext("The form, or what staff wrote down for somebody who called or came."),
            found.origins,
            gettext("All requests of these days. Calls that they made later do not count here. %s"),
        ),
        (
            "sources",
            gettext("The article they came from"),
            gettext("The name of the page on which they chose to ask for a call."),
            found.sources,
            gettext(
                "All requests of these days, also those that staff wrote down, which have no "
                "article. %s"
            ),
        ),
        (
            "languages",
            gettext("Language"),
            gettext("For the call."),
            found.languages,
            gettext("The language that they chose, or that staff put right later. %s"),
        ),
    ):
        yield group_panel(
            slug, title, note, groups, found.total, counts=counts % WHICH_REQUESTS_COUNT
        )


def _hours_panel(week: Week) -> Panel:
    return Panel(
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
        gettext("All requests of these days, by the moment at which they asked. %s")
        % WHICH_REQUESTS_COUNT,
        heat_map=geometry.heat_map(
            week.blocks,
            [str(WEEKDAYS_ABBR[day]) for day in range(7)],
            [_short_hours_label(week, place) for place in range(week.blocks_a_day)],
            HIDDEN_MARK,
        ),
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
