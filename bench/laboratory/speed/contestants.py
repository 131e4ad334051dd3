"""Everything that is measured, started side by side; one at a time is put under load."""

from __future__ import annotations

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
CACHE, GUNICORN = "page cache", "gunicorn"
SQLITE, POSTGRES, FORM = "Django, SQLite", "Django, PostgreSQL", "form"
WAGTAIL_FRONT, WAGTAIL_CACHED, WAGTAIL = "Wagtail behind nginx", "Wagtail cached", "Wagtail"
ORDER = [
    *(BARE, PLAIN, STATIC, FRONT, CACHE, GUNICORN, WAGTAIL_FRONT, WAGTAIL_CACHED),
    *(SQLITE, POSTGRES, FORM, WAGTAIL),
]
TRIES = 3


@dataclass
class Contestant:
    """A page, and the first processes of the servers that bring it."""

    what: str
    answer: Answer
    roots: list[int]
    # The server whose workers' memory is told.
    worker_of: int


@dataclass
class Field:
    """All who take part, and what was measured while they were started."""

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
        # Once more: the first time may have made it.
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
    """A server gave something else than the page to be measured."""


def start_site(field: Field) -> None:
    """The site as it is run, behind nginx, and under gunicorn."""
    site, path = field.site, field.site.path
    measure_starts(field)
    publish_pages(site)
    cached = field.run(CACHE, servers.like(site.granian), path, site.environment)
    what = "the page cache under Granian, 2 workers"
    page = field.add(CACHE, what, cached.address + path, cached)
    if page.coding != field.coding.split(",")[0]:
        raise WrongPage(f"the page cache sent {page.coding or 'uncompressed'} bytes")
    field.visit = first_visit(page, partial(ask, coding=field.coding))
    if shutil.which("nginx"):
        start_nginx(field, cached)
    try:
        found = {"PYTHONPATH": tools.gunicorn(field.cache)}
    except subprocess.CalledProcessError as error:
        field.left_out.append(f"gunicorn is left out: {error.stderr.strip().splitlines()[-1]}")
        return
    served = field.run(GUNICORN, servers.gunicorn, path, site.environment | found)
    what = "the page cache under gunicorn, 2 sync workers"
    field.add(GUNICORN, what, served.address + path, served)


def measure_starts(field: Field) -> None:
    """How long the first page takes, with no page made but everything else made before."""
    commands = {
        "the server": servers.like(field.site.granian),
        "`make run`, all of it": serve,
    }
    log = field.folder / "starts.log"
    for name, command in commands.items():
        seconds = []
        # The very first one prepares the static files.
        for _number in range(TRIES + 1):
            shutil.rmtree(field.site.data / "pages", ignore_errors=True)
            with running(command, field.site.path, log, field.site.environment) as server:
                seconds.append(server.started_in)
        field.starts[name] = seconds[1:]


def start_nginx(field: Field, cached: Server) -> None:
    site = field.site
    files = site.page_files()
    if not files:
        raise WrongPage(f"{site.pages} holds no {site.path}")
    pages = field.folder / "static-pages"
    shutil.copytree(files[0].parent, pages / site.path.strip("/"))
    headers = ask(cached.address + site.path, field.coding).headers
    same = "nginx, the same bytes as a precompressed static file (the limit)"
    for name, what, sent, kept_open in (
        (BARE, "nginx, a precompressed file that it keeps open for a minute, no headers", [], True),
        (PLAIN, "nginx, the file opened anew for each answer, no headers", [], False),
        (STATIC, same, headers, False),
    ):
        folder = field.folder / name.replace(" ", "-")
        limit = field.run(name, nginx.static(pages, folder, sent, kept_open=kept_open), site.path)
        field.add(name, what, limit.address + site.path, limit)
    before = nginx.before(cached.address, site.data, field.folder / "nginx-front")
    front = field.run(FRONT, before, site.path)
    what = "nginx as in `deploy/` (`try_files`), the site behind it"
    field.add(FRONT, what, front.address + site.path, front, cached.process)


def start_uncached(field: Field) -> None:
    """The site without its page cache, on both databases."""
    command = servers.like(field.site.granian, "bench.laboratory.speed.uncached:application")
    site = field.site
    plain = field.run(SQLITE, command, site.path, environment=site.environment)
    what = "the page made for each request, Granian, SQLite"
    field.add(SQLITE, what, plain.address + site.path, plain)
    # Not asked of the cached server: its worker would start more threads and hold more memory.
    what = "the callback form, always made for each request, Granian"
    field.add(FORM, what, f"{plain.address}/contact/", plain)
    try:
        url = field.stack.enter_context(postgres.server())
    except postgres.NoPostgres as error:
        field.left_out.append(str(error))
        return
    other = prepare(field.folder / "postgres-site", url)
    database, field.postgres = about_postgres(url)
    made = field.run(POSTGRES, command, other.path, environment=other.environment)
    what = "the page made for each request, Granian, PostgreSQL (its work included)"
    field.add(POSTGRES, what, made.address + other.path, made, database)


def about_postgres(url: str) -> tuple[int, str]:
    """The server's first process and its version."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_read_file('postmaster.pid'), current_setting('server_version')")
        file, version = cursor.fetchone() or ("", "")
    return int(file.split()[0]), version.split()[0]


def start_wagtail(field: Field, source: str) -> None:
    """Wagtail with its pages kept in memory, and without."""
    try:
        demo = wagtail.prepare(field.cache, field.site, source)
    except wagtail.LeftOut as error:
        field.left_out.append(str(error))
        return
    field.wagtail = demo
    if not demo.is_demo:
        field.left_out.append("Wagtail's demo, which could not be cloned; a plain page instead")
    command = servers.like(field.site.granian, demo.application, demo.python)
    for name, cached, how in (
        (WAGTAIL_CACHED, True, "kept in memory by Django's cache middleware"),
        (WAGTAIL, False, "made for each request"),
    ):
        server = field.run(
            name, command, demo.path, folder=demo.folder / "code",
            environment=demo.environment(cached=cached) | field.site.allocators,
        )  # fmt: skip
        whose = "Wagtail's demo" if demo.is_demo else "a plain Wagtail page"
        what = f"{whose}, {how}, Granian, SQLite"
        field.add(name, what, server.address + demo.path, server)
        if cached and shutil.which("nginx"):
            keeper = nginx.caching(server.address, field.folder / "wagtail-front")
            front = field.run(WAGTAIL_FRONT, keeper, demo.path)
            what = f"{whose}, kept for a minute by nginx, compressed"
            field.add(WAGTAIL_FRONT, what, front.address + demo.path, front, server.process)
