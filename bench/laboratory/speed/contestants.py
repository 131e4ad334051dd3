"""The servers that are compared, started side by side; load is put on one at a time."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg2

from bench.laboratory import nginx, servers, tools
from bench.laboratory.asking import Answer, ask
from bench.laboratory.first_visit import Fetched, first_visit
from bench.laboratory.servers import ROOT, Server, running
from bench.laboratory.site import Site, prepare, publish_pages, serve
from bench.laboratory.speed import wagtail
from bench.laboratory.speed.wagtail import Demo
from tests import postgres

BARE, PLAIN, STATIC, FRONT = "nginx bare", "nginx plain", "nginx static", "nginx front"
CACHE, EMPTY, GUNICORN = "page cache", "empty", "gunicorn"
SQLITE, POSTGRES, FORM = "Django, SQLite", "Django, PostgreSQL", "form"
WAGTAIL_FRONT, WAGTAIL_CACHED, WAGTAIL = "Wagtail behind nginx", "Wagtail cached", "Wagtail"
ORDER = [
    *(BARE, PLAIN, STATIC, FRONT, CACHE, EMPTY, GUNICORN, WAGTAIL_FRONT, WAGTAIL_CACHED),
    *(SQLITE, POSTGRES, FORM, WAGTAIL),
]
TRIES = 3
ADDED_BY_SERVERS = ("connection", "date", "server")


@dataclass
class Contestant:
    """A page, and the first processes of the servers that send it."""

    what: str
    answer: Answer
    roots: list[int]
    # First process of the server whose workers' memory is measured.
    worker_of: int


@dataclass
class LineUp:
    """All contestants, and what was measured while they were started."""

    folder: Path
    cache: Path
    coding: str
    stack: ExitStack
    site: Site
    contestants: dict[str, Contestant] = field(default_factory=dict)
    # Seconds from the start to the first page: the server alone, and all of `make run`.
    starts: dict[str, list[float]] = field(default_factory=dict)
    visit: list[Fetched] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    postgres: str | None = None
    wagtail: Demo | None = None

    def add(self, name: str, what: str, address: str, server: Server, *behind: int) -> Answer:
        """Take part with the page at `address`. Raises WrongPage if it isn't one."""
        # The first answer may have made the page; the second is the usual one.
        ask(address, self.coding)
        answer = ask(address, self.coding)
        if answer.status != 200 or not answer.heading:
            raise WrongPage(f"{what}: {address} gave status {answer.status}, {answer.heading!r}")
        roots = [server.process, *behind]
        self.contestants[name] = Contestant(what, answer, roots, server.process)
        return answer

    def run(
        self,
        name: str,
        command: Callable[[int], list[str]],
        path: str,
        environment: dict[str, str] | None = None,
        folder: Path = ROOT,
    ) -> Server:
        """Start a server that runs until the end. Raises NotStarted."""
        log = self.folder / f"{name}.log"
        served = running(command, path, log, environment, folder)
        return self.stack.enter_context(served)


class WrongPage(Exception):
    """A server sent something else than the page to be measured."""


def start_site(lineup: LineUp) -> None:
    """Start the site as it is run, behind nginx, and under gunicorn."""
    site, path = lineup.site, lineup.site.path
    measure_starts(lineup)
    publish_pages(site)
    cached = lineup.run(CACHE, servers.on_port(site.web_server), path, site.environment)
    what = "the page cache under Granian, 2 workers"
    page = lineup.add(CACHE, what, cached.address + path, cached)
    if page.coding != lineup.coding.split(",")[0]:
        raise WrongPage(f"the page cache sent {page.coding or 'uncompressed'} bytes")
    lineup.visit = first_visit(page, partial(ask, coding=lineup.coding))
    start_empty(lineup, page)
    if shutil.which("nginx"):
        start_nginx(lineup, cached)
    try:
        found = {"PYTHONPATH": tools.gunicorn(lineup.cache)}
    except subprocess.CalledProcessError as error:
        lineup.left_out.append(f"gunicorn is left out: {error.stderr.strip().splitlines()[-1]}")
        return
    served = lineup.run(GUNICORN, servers.gunicorn, path, site.environment | found)
    what = "the page cache under gunicorn, 2 sync workers"
    lineup.add(GUNICORN, what, served.address + path, served)


def measure_starts(lineup: LineUp) -> None:
    """Measure the time from the start to the first page, with no page in the cache."""
    commands = {
        "the server": servers.on_port(lineup.site.web_server),
        "`make run`, all of it": serve,
    }
    log = lineup.folder / "starts.log"
    for name, command in commands.items():
        seconds = []
        # The first start prepares the static files and is not counted.
        for _number in range(TRIES + 1):
            shutil.rmtree(lineup.site.data / "pages", ignore_errors=True)
            with running(command, lineup.site.path, log, lineup.site.environment) as server:
                seconds.append(server.started_in)
        lineup.starts[name] = seconds[1:]


def start_empty(lineup: LineUp, page: Answer) -> None:
    """Start an application that sends the same answer and does nothing else."""
    file = lineup.folder / "answer.json"
    headers = [pair for pair in page.headers if pair[0].lower() not in ADDED_BY_SERVERS]
    file.write_text(json.dumps({"headers": headers, "body": page.sent.hex()}), "utf-8")
    command = servers.granian("bench.laboratory.speed.empty:application", interface="rsgi")
    environment = lineup.site.environment | {"ANSWER_TO_SEND": str(file)}
    empty = lineup.run(EMPTY, command, lineup.site.path, environment)
    what = "the same answer, held ready by an application that does nothing else, Granian"
    lineup.add(EMPTY, what, empty.address + lineup.site.path, empty)


def start_nginx(lineup: LineUp, cached: Server) -> None:
    site = lineup.site
    files = site.page_files()
    if not files:
        raise WrongPage(f"{site.pages} holds no {site.path}")
    pages = lineup.folder / "static-pages"
    shutil.copytree(files[0].parent, pages / site.path.strip("/"))
    headers = ask(cached.address + site.path, lineup.coding).headers
    same = "nginx, the same bytes as a precompressed static file (the limit)"
    for name, what, sent, kept_open in (
        (BARE, "nginx, a precompressed file that it keeps open for a minute, no headers", [], True),
        (PLAIN, "nginx, the file opened anew for each answer, no headers", [], False),
        (STATIC, same, headers, False),
    ):
        folder = lineup.folder / name.replace(" ", "-")
        limit = lineup.run(name, nginx.static(pages, folder, sent, kept_open=kept_open), site.path)
        lineup.add(name, what, limit.address + site.path, limit)
    before = nginx.before(cached.address, site.data, lineup.folder / "nginx-front")
    front = lineup.run(FRONT, before, site.path)
    what = "nginx as in `deploy/` (`try_files`), the site behind it"
    lineup.add(FRONT, what, front.address + site.path, front, cached.process)


def start_uncached(lineup: LineUp) -> None:
    """Start the site without its page cache, on both databases."""
    command = servers.granian("bench.laboratory.speed.uncached:application")
    site = lineup.site
    plain = lineup.run(SQLITE, command, site.path, environment=site.environment)
    what = "the page made for each request, Granian, SQLite"
    lineup.add(SQLITE, what, plain.address + site.path, plain)
    # Not asked of the cached server: its worker would start more threads and hold more memory.
    what = "the callback form, always made for each request, Granian"
    lineup.add(FORM, what, f"{plain.address}/contact/", plain)
    try:
        url = lineup.stack.enter_context(postgres.server())
    except postgres.NoPostgres as error:
        lineup.left_out.append(str(error))
        return
    other = prepare(lineup.folder / "postgres-site", url)
    database, lineup.postgres = about_postgres(url)
    made = lineup.run(POSTGRES, command, other.path, environment=other.environment)
    what = "the page made for each request, Granian, PostgreSQL (its work included)"
    lineup.add(POSTGRES, what, made.address + other.path, made, database)


def about_postgres(url: str) -> tuple[int, str]:
    """The server's first process and its version."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_read_file('postmaster.pid'), current_setting('server_version')")
        file, version = cursor.fetchone() or ("", "")
    return int(file.split()[0]), version.split()[0]


def start_wagtail(lineup: LineUp, source: str) -> None:
    """Start Wagtail with its pages cached in memory, and without."""
    try:
        demo = wagtail.prepare(lineup.cache, lineup.site, source)
    except wagtail.LeftOut as error:
        lineup.left_out.append(str(error))
        return
    lineup.wagtail = demo
    if not demo.is_demo:
        lineup.left_out.append("Wagtail's demo, which could not be cloned; a plain page instead")
    command = servers.granian(demo.application, demo.python)
    for name, cached, how in (
        (WAGTAIL_CACHED, True, "kept in memory by Django's cache middleware"),
        (WAGTAIL, False, "made for each request"),
    ):
        server = lineup.run(
            name, command, demo.path, folder=demo.folder / "code",
            environment=demo.environment(cached=cached) | lineup.site.allocators,
        )  # fmt: skip
        whose = "Wagtail's demo" if demo.is_demo else "a plain Wagtail page"
        what = f"{whose}, {how}, Granian, SQLite"
        lineup.add(name, what, server.address + demo.path, server)
        if cached and shutil.which("nginx"):
            keeper = nginx.caching(server.address, lineup.folder / "wagtail-front")
            front = lineup.run(WAGTAIL_FRONT, keeper, demo.path)
            what = f"{whose}, kept for a minute by nginx, compressed"
            lineup.add(WAGTAIL_FRONT, what, front.address + demo.path, front, server.process)
