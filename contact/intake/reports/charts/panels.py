"""A chart of a report with its words and table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext

from contact.intake.reports.counts.counting import LabelledNumber

from . import geometry

HIDDEN_MARK = "·"


class KeyFigure(NamedTuple):
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
    facts: Sequence[KeyFigure] = ()
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


def group_panel(
    slug: str, title: str, note: str, groups: Sequence[LabelledNumber], total: int, *, counts: str
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
