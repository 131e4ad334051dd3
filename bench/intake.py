"""The workspace over a million requests: `python -m bench.intake [--requests N]`.

Makes the rows in a throw-away SQLite file and a throw-away PostgreSQL, then asks for every list,
filter, search and report as a lead does, and prints the 95th percentile of each page's time, of
its time in the database, and its number of queries. The pages take turns, several times over; the
median of the turns is printed, so that a busy minute of the machine weighs little.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bench.pages import Page

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "INTAKE.md"
WARM_UP = 3
LONGEST_SHOWN = 400


class Asked(NamedTuple):
    """One page: milliseconds in all, and those of each query and commit, with its SQL."""

    page: float
    spent: list[tuple[float, str]]

    @property
    def database(self) -> float:
        return sum(milliseconds for milliseconds, _sql in self.spent)

    @property
    def queries(self) -> int:
        return sum(sql != "COMMIT" for _milliseconds, sql in self.spent)


def measure(options: argparse.Namespace) -> None:
    """In a process of its own, on the database of the environment."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from bench.pages import pages
    from bench.rows import make_rows
    from contact.models import CallbackRequest
    from recovery_site.management.commands.run_jobs import measure_indexes

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not CallbackRequest.objects.exists():
        make_rows(options.requests)
        if connection.vendor == "postgresql":
            # As the server does by itself after a while.
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        measure_indexes()
    lead, client = _lead(), Client(headers={"host": "localhost"})
    wanted = {name: page for name, page in pages(client, lead).items() if options.only in name}
    turns: dict[str, list[list[Asked]]] = {name: [] for name in wanted}
    for _turn in range(options.turns):
        for name, page in wanted.items():
            client.force_login(lead)
            asked = [_asked(connection, name, page)
                     for _number in range(options.rounds + WARM_UP)]  # fmt: skip
            turns[name].append(asked[WARM_UP:])
    _print(f"{connection.vendor}, {options.requests:,} requests", turns)
    if options.slowest:
        _print_slowest(turns)


def _lead() -> Any:
    from django.contrib.auth.models import Group, User

    lead, is_new = User.objects.get_or_create(username="lead", defaults={"is_staff": True})
    if is_new:
        lead.groups.add(Group.objects.get(name="Intake leads"))
    return lead


def _asked(connection: Any, name: str, page: Page) -> Asked:
    page.prepare()
    with _watched(connection) as spent:
        begun = time.perf_counter()
        status = page.ask()
        whole = (time.perf_counter() - begun) * 1000
    if status not in (200, 302, 303):
        raise SystemExit(f"{name}: status {status}")
    return Asked(whole, spent)


@contextmanager
def _watched(connection: Any) -> Iterator[list[tuple[float, str]]]:
    """Milliseconds and SQL of each query and commit."""
    from django.db.backends.utils import CursorWrapper

    spent: list[tuple[float, str]] = []

    def timed(sql: str, run: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        try:
            return run()
        finally:
            spent.append(((time.perf_counter() - begun) * 1000, sql))

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return timed(sql, lambda: execute(sql, params, many, context))

    class Cursor(CursorWrapper):
        """SQLite finds most rows only as they are fetched."""

        def fetchmany(self, *args: Any) -> Any:
            begun = time.perf_counter()
            rows = self.cursor.fetchmany(*args)
            milliseconds, sql = spent.pop()
            spent.append((milliseconds + (time.perf_counter() - begun) * 1000, sql))
            return rows

    commit = connection.commit
    connection.commit = lambda: timed("COMMIT", commit)
    connection.make_cursor = lambda cursor: Cursor(cursor, connection)
    try:
        with connection.execute_wrapper(note):
            yield spent
    finally:
        del connection.commit, connection.make_cursor


def _print(title: str, turns: dict[str, list[list[Asked]]]) -> None:
    print(f"| {title} | page p95 ms | database p95 ms | queries |")
    print("|---|---:|---:|---:|")
    for name, series in turns.items():
        page = _p95([[each.page for each in asked] for asked in series])
        database = _p95([[each.database for each in asked] for asked in series])
        queries = {each.queries for asked in series for each in asked}
        print(f"| {name} | {page:.1f} | {database:.1f} | {_counted(queries)} |")


def _print_slowest(turns: dict[str, list[list[Asked]]]) -> None:
    """The three queries on which each page spends most of its time, and their medians."""
    for name, series in turns.items():
        each_sql: dict[str, list[float]] = {}
        for asked in series:
            for one in asked:
                for milliseconds, sql in one.spent:
                    each_sql.setdefault(sql, []).append(milliseconds)
        number = sum(map(len, series))
        by_time = sorted(each_sql.items(), key=lambda item: -sum(item[1]))
        print(f"\n{name}", file=sys.stderr)
        for sql, times in by_time[:3]:
            figures = f"{sum(times) / number:6.2f} ms a page, {statistics.median(times):6.2f} each"
            print(f"  {figures}: {' '.join(sql.split())[:LONGEST_SHOWN]}", file=sys.stderr)


def _p95(series: list[list[float]]) -> float:
    return statistics.median(
        statistics.quantiles(values, n=20, method="inclusive")[-1] for values in series
    )


def _counted(queries: set[int]) -> str:
    low, high = min(queries), max(queries)
    return str(low) if low == high else f"{low}–{high}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20, help="how often a page is asked in turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--slowest", action="store_true", help="print the slowest queries")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options)
        return
    from bench import both

    tables = both.tables("bench.intake")
    if not options.only:
        written = "\n".join(["# The workspace over many requests", "", *tables])
        RESULTS.write_text(f"{written}\nMade by `python -m bench.intake`.\n", "utf-8")


if __name__ == "__main__":
    main()
