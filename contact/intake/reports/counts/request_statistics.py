"""The statistics of requests: when people asked, how long they waited, and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext

from contact.intake.reports.disclosure_control import DisclosureControl
from contact.models import CallbackRequest
from contact.records.enums import Origin
from contact.records.outcomes import RequestOutcome

from .counting import LabelledNumber
from .danger_statistics import DangerStatistics, danger_statistics
from .sums import Sums

HOURS_OF_WEEK = 7 * 24
# The hours of the week are counted in blocks of so many; the shortest come first.
BLOCK_HOURS = (1, 3, 6)
# Blocks are long enough if those that are shown hold this share of the requests.
SHOWN_SHARE = 0.75
MAX_SOURCES = 20


class Week(NamedTuple):
    """When people asked: a count for each block of so many hours, from Monday on; None: hidden."""

    hours: int
    blocks: list[int | None]

    @property
    def blocks_a_day(self) -> int:
        return 24 // self.hours

    @property
    def shown(self) -> int:
        """The number of requests in blocks that are shown."""
        return sum(filter(None, self.blocks))


class RequestStatistics(NamedTuple):
    """The lists are shown only if the total is neither 0 nor None."""

    total: int | None
    week: Week
    outcomes: list[LabelledNumber]
    sources: list[LabelledNumber]
    languages: list[LabelledNumber]
    origins: list[LabelledNumber]
    danger: DangerStatistics


def request_statistics(sums: Sums, control: DisclosureControl) -> RequestStatistics:
    total, outcomes, languages = sums.outcomes.total(), sums.outcomes, sums.languages
    hours = Counter({int(hour): number for hour, number in sums.hours.items()})
    return RequestStatistics(
        control.shown(total),
        _week(hours, control),
        _groups([(str(each.label), outcomes[each]) for each in RequestOutcome
                 if each.facts.is_counted] + [(gettext("Still open"), outcomes[""])], control),
        _sources(sums.sources, control),
        _groups([(str(label), languages[key])
                 for key, label in CallbackRequest.Language.choices], control),
        _groups([(str(each.label), sums.origins[each]) for each in Origin], control),
        danger_statistics(sums, control),
    )  # fmt: skip


def _week(asked: Counter[int], control: DisclosureControl) -> Week:
    """By the shortest blocks that show most of the requests; else by those that show the most."""
    weeks = []
    for hours in BLOCK_HOURS:
        starts = range(0, HOURS_OF_WEEK, hours)
        sums = [sum(asked[hour] for hour in range(first, first + hours)) for first in starts]
        week = Week(hours, control.visible(sums))
        if week.shown >= SHOWN_SHARE * asked.total():
            return week
        weeks.append(week)
    best = max(weeks, key=lambda week: week.shown)
    return best if best.shown else weeks[-1]


def _groups(counted: list[tuple[str, int]], control: DisclosureControl) -> list[LabelledNumber]:
    labels, counts = zip(*counted, strict=True)
    return [LabelledNumber(*pair) for pair in zip(labels, control.visible(counts), strict=True)]


def _sources(counts: Mapping[str, int], control: DisclosureControl) -> list[LabelledNumber]:
    """The most frequent sources; the rest are counted together."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    to_hide = control.hidden([count for _source, count in ordered])
    named = [item for p, item in enumerate(ordered) if p not in to_hide][:MAX_SOURCES]
    groups = [LabelledNumber(source or gettext("No article"), count) for source, count in named]
    if others := sum(counts.values()) - sum(count for _source, count in named):
        groups.append(
            LabelledNumber(gettext("All others") if named else gettext("All together"), others)
        )
    return groups
