"""Pages asked for in turns, several times over: how long each takes, and its queries.

Medians of the turns are told, so that a busy minute of the machine weighs little.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import django
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client

from recovery_site.server import share_memory

WARM_UP = 3
# Plain additions by which tables made at different times can be compared.
ADDITIONS = 1_000_000


class Page(NamedTuple):
    """A page to ask for. `prepare` runs before each request; `status` is the expected one."""

    ask: Callable[[], Any]
    prepare: Callable[[], object] = int
    status: int = 200


class Asked(NamedTuple):
    """One answer: milliseconds in all, milliseconds and SQL of each query and commit, bytes.

    `cpu`: milliseconds of this process, which a busy machine changes least.
    """

    page: float
    spent: list[tuple[float, str]]
    size: int
    cpu: float

    @property
    def database(self) -> float:
        return sum(milliseconds for milliseconds, _sql in self.spent)


class Series:
    """All answers of one page, turn by turn."""

    def __init__(self) -> None:
        self.turns: list[list[Asked]] = []

    def __iter__(self) -> Iterator[Asked]:
        return itertools.chain.from_iterable(self.turns)

    def p95(self, of: Callable[[Asked], float]) -> float:
        return statistics.median(
            statistics.quantiles(map(of, asked), n=20, method="inclusive")[-1]
            for asked in self.turns
        )

    @property
    def page_p95(self) -> float:
        return self.p95(lambda one: one.page)

    @property
    def cpu_median(self) -> float:
        return statistics.median(one.cpu for one in self)

    @property
    def database_p95(self) -> float:
        return self.p95(lambda one: one.database)

    def queries(self) -> dict[str, list[float]]:
        """Milliseconds of every run, by SQL."""
        times: dict[str, list[float]] = {}
        for one in self:
            for milliseconds, sql in one.spent:
                times.setdefault(sql, []).append(milliseconds)
        return times


# Heading of a column, and how to print its cell.
Columns = dict[str, Callable[[Series], str]]


def new_site() -> Client:
    """Make the tables and static files of the environment's site, and return a client for it."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    # Else each full collection looks at all that is loaded, which it does not in the server.
    share_memory()
    return Client(headers={"host": "localhost"})


def measure_tables() -> None:
    """Update the statistics of the query planner, as they are on a running site."""
    from recovery_site.management.commands.run_jobs import measure_indexes

    measure_indexes()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def take_turns(
    pages: dict[str, Page],
    options: argparse.Namespace,
    database: Any = connection,
    begin: Callable[[], object] = int,
) -> dict[str, Series]:
    """Ask for the pages that `options` choose; `begin` runs before each page's turn."""
    found = {name: Series() for name in pages if options.only in name}
    for _turn in range(options.turns):
        for name, series in found.items():
            begin()
            asked = [_asked(database, name, pages[name])
                     for _number in range(options.rounds + WARM_UP)]  # fmt: skip
            series.turns.append(asked[WARM_UP:])
    return found


def _asked(database: Any, name: str, page: Page) -> Asked:
    page.prepare()
    with _watched(database) as spent:
        begun, cpu = time.perf_counter(), time.process_time()
        response = page.ask()
        whole = (time.perf_counter() - begun) * 1000
        busy = (time.process_time() - cpu) * 1000
    if response.status_code != page.status:
        raise SystemExit(f"{name}: status {response.status_code}")
    return Asked(whole, spent, len(response.content), busy)


@contextmanager
def _watched(database: Any) -> Iterator[list[tuple[float, str]]]:
    """Record milliseconds and SQL of each query and commit."""
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
        """Counts fetching too, since SQLite finds most rows only then."""

        def fetchmany(self, *args: Any) -> Any:
            return self._timed(lambda: self.cursor.fetchmany(*args))

        def __iter__(self) -> Iterator[Any]:
            return iter(self._timed(self.cursor.fetchall))

        def _timed(self, fetch: Callable[[], Any]) -> Any:
            begun = time.perf_counter()
            rows = fetch()
            milliseconds, sql = spent.pop()
            spent.append((milliseconds + (time.perf_counter() - begun) * 1000, sql))
            return rows

    commit = database.commit
    database.commit = lambda: timed("COMMIT", commit)
    database.make_cursor = lambda cursor: Cursor(cursor, database)
    try:
        with database.execute_wrapper(note):
            yield spent
    finally:
        del database.commit, database.make_cursor


def print_conditions(options: argparse.Namespace) -> None:
    """Say how often each page was asked for, and how fast this machine adds numbers meanwhile."""
    times = []
    for _number in range(5):
        begun = time.perf_counter()
        sum(range(ADDITIONS))
        times.append((time.perf_counter() - begun) * 1000)
    print(
        f"\n{options.rounds * options.turns} runs of each; the database is on the same machine of "
        f"{os.cpu_count()} processors (load {os.getloadavg()[0]:.1f}), which adds "
        f"{ADDITIONS:,} numbers in {statistics.median(times):.1f} ms."
    )


def print_met(
    found: dict[str, Series], bar: float, of: str, p95: Callable[[Series], float]
) -> None:
    """Say how many keep the bar, in milliseconds, and name those that do not."""
    if not found:
        return
    over = [f"{name} ({p95(series):.1f})" for name, series in found.items() if p95(series) > bar]
    print(
        f"Within {bar:g} ms {of}, 95th percentile: {len(found) - len(over)} of {len(found)}"
        + (f"; not {', '.join(over)}." if over else ".")
    )


def print_table(
    title: str,
    found: dict[str, Series],
    figures: Columns,
    words: Columns | None = None,
) -> None:
    """Print a line for each page: columns of figures, then columns of words."""
    columns = figures | (words or {})
    print(f"| {' | '.join([title, *columns])} |")
    print(f"|---|{'---:|' * len(figures)}{'---|' * (len(columns) - len(figures))}")
    for name, series in found.items():
        print(f"| {' | '.join([name, *(tell(series) for tell in columns.values())])} |")
