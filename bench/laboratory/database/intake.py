"""The intake desk over a million requests: `python -m bench.intake [--requests N]`.

Makes the rows in a throw-away SQLite file and a throw-away PostgreSQL, then asks for every list,
filter, search and report as a lead does, and prints the processor time of each page, the 95th
percentile of its time and of its time in the database, and its number of queries. The pages take
turns, several times over; the median of the turns is printed, so that a busy minute of the machine
weighs little.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from typing import TYPE_CHECKING

from django.db import connection

from bench.laboratory.database import both, measuring
from bench.laboratory.database.measuring import Columns, Series

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST_SHOWN = 400
PAGE_MS, DATABASE_MS = 50, 10


def measure(options: argparse.Namespace) -> None:
    """Fill the database of the environment, or print its table, in a process of its own."""
    client = measuring.new_site()
    from bench.laboratory.database.intake_pages import pages
    from bench.laboratory.database.made_up_requests import make_rows
    from contact.intake.reports.counts import day_sums
    from contact.models import CallbackRequest
    from contact.visitor.told import desk_snapshot, snapshot_writing

    if not CallbackRequest.objects.exists():
        make_rows(options.requests)
        measuring.measure_tables()
    if options.make:
        return
    while day_sums.count_days():
        """As `run_jobs` does after each migrate."""
    # As `run_jobs` and each worker do at their start.
    snapshot_writing.write_snapshot()
    desk_snapshot.prepare_danger()
    lead = _lead()
    found = measuring.take_turns(
        pages(client, lead), options, begin=lambda: client.force_login(lead)
    )
    figures: Columns = {
        "processor median ms": lambda series: f"{series.cpu_median:.1f}",
        "page p95 ms": lambda series: f"{series.page_p95:.1f}",
        "database p95 ms": lambda series: f"{series.database_p95:.1f}",
        "queries": _queries,
    }
    number = CallbackRequest.objects.count()
    measuring.print_table(f"{connection.vendor}, {number:,} requests", found, figures)
    measuring.print_conditions(options)
    measuring.print_met(found, PAGE_MS, "for a page", lambda series: series.page_p95)
    measuring.print_met(found, DATABASE_MS, "in the database", lambda series: series.database_p95)
    if options.slowest:
        _print_slowest(found)


def _lead() -> User:
    from django.contrib.auth.models import Group, User

    lead, is_new = User.objects.get_or_create(username="lead", defaults={"is_staff": True})
    if is_new:
        lead.groups.add(Group.objects.get(name="Intake leads"))
    return lead


def _queries(series: Series) -> str:
    """The fewest and the most queries of a page."""
    counts = [sum(sql != "COMMIT" for _milliseconds, sql in one.spent) for one in series]
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}–{high}"


def _print_slowest(found: dict[str, Series]) -> None:
    """The three queries on which each page spends most of its time, and their medians."""
    for name, series in found.items():
        number = sum(map(len, series.turns))
        by_time = sorted(series.queries().items(), key=lambda item: -sum(item[1]))
        print(f"\n{name}", file=sys.stderr)
        for sql, times in by_time[:3]:
            figures = f"{sum(times) / number:6.2f} ms a page, {statistics.median(times):6.2f} each"
            print(f"  {figures}: {' '.join(sql.split())[:LONGEST_SHOWN]}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--slowest", action="store_true", help="print the slowest queries")
    both.main("bench.intake", "The intake desk over many requests", parser, measure)
