"""Checks of the links of all live pages, in batches: at any time, and once a day by `run_jobs`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from articles.publishing.kinds import publication_models
from articles.stock import upkeep as stock

from .addresses import parse_href
from .checks import LinkFinding, LinkTargets, anchors_of
from .rows import Link, Problem

PAGES_A_BATCH = 200
# Columns of texts that no check of links reads.
HEAVY = [f"live__{name}" for name in ("body", "rendered", "plain_text", "sources")]


class Checked(NamedTuple):
    """What a check of some live publications found; `last` is the key of the last one."""

    findings: list[tuple[Any, LinkFinding]]
    last: int | None


def check_batch(kind: str, after: int = 0, answers: Callable[[str], bool] | None = None) -> Checked:
    """Check the links of the next PAGES_A_BATCH live publications, and store what is wrong.

    Ask other websites only with `answers`, which says whether an address shows a page.
    """
    live = (
        publication_models()[kind]
        .objects.filter(live__isnull=False, pk__gt=after)
        .select_related("live")
    )
    first = live.defer(*HEAVY).order_by("pk")[:PAGES_A_BATCH]
    publications = {each.live_id: each for each in first}
    links = Link.objects.filter(kind=kind, revision__in=list(publications)).order_by("pk")
    addresses = {link.href: parse_href(link.href) for link in links}
    site = LinkTargets(addresses.values())
    found, changed = [], []
    for link in links:
        publication, address = publications[link.revision], addresses[link.href]
        problem = site.problem(address, anchors_of(publication.live))
        if address.is_outside and not problem:
            if answers:
                problem = None if answers(link.href) else Problem.NO_ANSWER
            elif link.problem == Problem.NO_ANSWER:
                problem = Problem.NO_ANSWER
        if problem:
            found.append((publication, LinkFinding(link, problem)))
        if link.problem != (problem or ""):
            link.problem = problem or ""
            changed.append(link)
    Link.objects.bulk_update(changed, ["problem"])
    return Checked(found, max((each.pk for each in publications.values()), default=None))


def check_all(answers: Callable[[str], bool] | None = None) -> Iterator[tuple[Any, LinkFinding]]:
    for kind in publication_models():
        after: int | None = 0
        while after is not None:
            findings, after = check_batch(kind, after, answers)
            yield from findings


class DailyRound:
    """Checks all live links once a day, a batch at a time, so that other jobs never wait long."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, int]] = []
        self.day: date | None = None

    def step(self) -> None:
        today = timezone.localdate()
        if self.day != today:
            self.day, self.waiting = today, [(kind, 0) for kind in publication_models()]
        if self.waiting:
            kind, after = self.waiting.pop()
            if (last := check_batch(kind, after).last) is not None:
                stock.refresh_rows(kind, after, last)
                self.waiting.append((kind, last))
