"""The workspace over a million requests: `python -m bench.intake [--requests N]`.

Makes the rows in a throw-away SQLite file and a throw-away PostgreSQL, then asks for every list,
filter, search and report as a lead does, and prints the 95th percentile of each page's time, of
its time in the database, and its number of queries.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "INTAKE.md"


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def measure(total: int, rounds: int) -> None:
    """In a process of its own, on the database of the environment."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from bench.rows import make_rows
    from contact.models import CallbackRequest

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not CallbackRequest.objects.exists():
        make_rows(total)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    lead, client = _lead(), Client(headers={"host": "localhost"})
    print(f"| {connection.vendor}, {total:,} requests | page p95 ms | database p95 ms | queries |")
    print("|---|---:|---:|---:|")
    for name, ask in _pages(client).items():
        pages, databases, queries = [], [], set()
        for number in range(rounds + 3):
            client.force_login(lead)
            with _watched(connection) as spent:
                begun = time.perf_counter()
                status = ask()
                page = (time.perf_counter() - begun) * 1000
            if status not in (200, 302, 303):
                raise SystemExit(f"{name}: status {status}")
            if number >= 3:
                pages.append(page)
                databases.append(sum(spent))
                queries.add(len(spent))
        figures = f"{_p95(pages):.1f} | {_p95(databases):.1f} | {_counted(queries)}"
        print(f"| {name} | {figures} |", flush=True)


def _lead() -> Any:
    from django.contrib.auth.models import Group, User

    lead, is_new = User.objects.get_or_create(username="lead", defaults={"is_staff": True})
    if is_new:
        lead.groups.add(Group.objects.get(name="Intake leads"))
    return lead


def _pages(client: Any) -> dict[str, Callable[[], int]]:
    """What a lead asks for, by name; each returns the status of its last page."""
    from contact import phones
    from contact.models import CallbackRequest

    some = CallbackRequest.objects.open().order_by("turn_at", "id")[7]
    old = CallbackRequest.objects.order_by("created_at", "id")[1234]

    def get(address: str) -> Callable[[], int]:
        return lambda: client.get(address, follow=True).status_code

    def search(term: str) -> Callable[[], int]:
        return lambda: client.post("/intake/search/", {"term": term}, follow=True).status_code

    lists = {"all five lists": get("/intake/")} | {
        f"list: {name}": get(f"/intake/?list={name}")
        for name in ("now", "today", "waiting", "outside", "lead", "open", "closed", "all")
    }
    filters = {
        f"filter: {query}": get(f"/intake/?{query}")
        for query in (
            "language=es",
            "priority=0",
            "age=over_day",
            "late=1",
            "staff=none",
            "list=closed&language=es",
            "list=closed&outcome=stop",
            "list=closed&outcome=referred&language=es",
            "list=all&priority=0&language=other&age=over_week",
        )
    }
    return (
        lists
        | filters
        | {
            "page 500 of the closed": get(f"/intake/?list=closed&page={_deep()}"),
            "search by reference": search(str(old)),
            "search by phone": search(phones.national(old.phone)),
            "search without a hit": search("(201) 555-0099"),
            "the quiet refresh": get("/intake/pulse/"),
            "a request's card": get(f"/intake/requests/{some.pk}/"),
            "handover": get("/intake/handover/"),
            "take the next call": lambda: client.post("/intake/next/").status_code,
            "reports of 30 days": get("/intake/reports/"),
        }
    )


def _deep() -> str:
    """Where page 500 of the closed requests begins."""
    from contact.intake.paging import PAGE_SIZE, Cursor
    from contact.models import CallbackRequest

    closed = CallbackRequest.objects.filter(closed_at__isnull=False)
    rows = closed.order_by("-created_at", "-id").values_list("created_at", "id")
    wanted = min(499 * PAGE_SIZE, closed.count()) - 1
    return str(Cursor(True, *rows[wanted]))


@contextmanager
def _watched(connection: Any) -> Iterator[list[float]]:
    """Milliseconds of each query."""
    spent: list[float] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append((time.perf_counter() - begun) * 1000)

    with connection.execute_wrapper(note):
        yield spent


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _counted(queries: set[int]) -> str:
    low, high = min(queries), max(queries)
    return str(low) if low == high else f"{low}–{high}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.requests, options.rounds)
        return
    from tests import postgres

    command = [sys.executable, "-m", "bench.intake", "--measure"]
    command += ["--requests", str(options.requests), "--rounds", str(options.rounds)]
    tables = []
    with tempfile.TemporaryDirectory() as folder, postgres.server() as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": key(),
            "INDEX_KEY": key(),
            "DATA_DIR": folder,
            "SITE_URL": "http://localhost:8000",
        }
        for database in ("", url):
            ran = subprocess.run(
                command,
                cwd=ROOT,
                env=environment | {"DATABASE_URL": database},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            print(ran.stdout)
            tables.append(ran.stdout)
    written = "\n".join(["# The workspace over many requests", "", *tables])
    RESULTS.write_text(f"{written}\nMade by `python -m bench.intake`.\n", "utf-8")


if __name__ == "__main__":
    main()
