"""Bring the site up on one machine: database, content, files, server and jobs."""

import fcntl
import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, TextIO

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError

from recovery_site.database.triggers import require_triggers
from recovery_site.environment.local_hosts import reachable_hosts
from recovery_site.search.meaning import client
from recovery_site.staff.demo_staff import create_demo_staff

STOP_SECONDS = 10
OPEN_FILES = 8192
# One memory arena: Python runs one of a worker's threads at a time. `bench.memory` prints what a
# worker takes.
ALLOCATORS = {
    # The C library's, which Python takes its memory from.
    "MALLOC_ARENA_MAX": "1",
    # jemalloc, which Granian has inside.
    "_RJEM_MALLOC_CONF": "narenas:1,lg_tcache_max:14",
}


class Command(BaseCommand):
    help = "Prepare the site and serve it: web server and run_jobs, both stopped by Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--dev", action="store_true", help="reload when a file changes")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], port_number(options["port"])
        refuse_occupied(host, port)
        with (settings.DATA_DIR / "start.lock").open("w") as file:
            self.wait_for_other_start(file)
            self.prepare(has_static_files=not options["dev"])
        hosts = reachable_hosts(host)
        environment = environment_of(port, hosts)
        server = web_server(host, port, options["workers"])
        commands = {
            "server": runserver(host, port) if options["dev"] else server,
            # Where another start serves the same data, its jobs do the work of both.
            "jobs": [sys.executable, "manage.py", "run_jobs", "--standby"],
        }
        if settings.SEARCH_MODEL:
            commands["search model"] = search_model()

        def greet_if_answering() -> bool:
            if is_answering := answers(host, port):
                self.greet([f"http://{each}:{port}" for each in hosts] if is_local() else [])
            return is_answering

        allow_many_connections()
        self.stdout.write("Starting the server …")
        self.stdout.flush()
        sys.exit(supervise(commands, environment, greet_if_answering))

    def wait_for_other_start(self, file: TextIO) -> None:
        """Take the lock, which ends when the file is closed."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.stdout.write("Another start is preparing the site; waiting for it …")
            self.stdout.flush()
            fcntl.flock(file, fcntl.LOCK_EX)

    def prepare(self, *, has_static_files: bool) -> None:
        """Make the database, the first content, the demo staff and the static files ready."""
        try:
            call_command("migrate", verbosity=0, interactive=False)
            require_triggers()
        except OperationalError as wrong:
            raise CommandError(
                f"The database does not answer; check DATABASE_URL. It said: {wrong}"
            ) from wrong
        call_command("load_starter_content", stdout=self.stdout)
        if settings.SITE_IS_LOCAL:
            self.show_logins(create_demo_staff())
        if has_static_files:
            self.collect_static()

    def collect_static(self) -> None:
        """Hash and compress the static files, unless none changed since the last time."""
        mark, stamp = static_fingerprint(), settings.DATA_DIR / "static.fingerprint"
        is_there = (settings.STATIC_ROOT / "staticfiles.json").exists()
        if is_there and stamp.exists() and stamp.read_text() == mark:
            return
        self.stdout.write("Preparing static files …")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(mark)

    def show_logins(self, logins: list[tuple[str, str, str]]) -> None:
        """Say the passwords at once: only their hashes are kept, and the start may be stopped."""
        if not logins:
            return
        self.stdout.write("Demo staff, shown only this once (manage.py changepassword):")
        for name, password, role in logins:
            self.stdout.write(f"  {name:<9} {password:<18} {role}")
        self.stdout.flush()

    def greet(self, local_addresses: list[str]) -> None:
        address, *others = local_addresses or [settings.SITE_URL]
        self.stdout.write(f"\n{settings.SITE_NAME} is at {address}/  (staff: {address}/admin/)")
        if others:
            also = "  ".join(f"{other}/" for other in others)
            self.stdout.write(f"From other machines in your network: {also}")
        self.stdout.write("Ctrl-C stops it; what was saved stays.\n")
        self.stdout.flush()


def port_number(text: str) -> int:
    """The port that `text` names; raise CommandError if it names none."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CommandError(f"PORT is {text!r}; write a number from 1 to 65535, such as 8000.")


def refuse_occupied(host: str, port: int) -> None:
    """Raise CommandError when something else listens on the address already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as wrong:
        raise CommandError(
            f"Cannot listen on {host} port {port} ({wrong}). "
            f"Choose another one: make run PORT={port + 1 if port < 65535 else 8001}"
        ) from wrong


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def is_local() -> bool:
    """Whether the site is tried out on this machine and speaks plain HTTP."""
    return settings.SITE_IS_LOCAL and not settings.SITE_IS_SECURE


def local_variables(port: int, hosts: list[str]) -> dict[str, str]:
    """Variables of a local site: the port that it is served on, and the hosts that reach it."""
    if not is_local():
        return {}
    answered = dict.fromkeys([*settings.NETWORK_HOSTS, *hosts])
    return {"SITE_URL": f"http://localhost:{port}", "NETWORK_HOSTS": ",".join(answered)}


def environment_of(port: int, hosts: list[str]) -> dict[str, str]:
    """This process's environment, with defaults for the server's allocators."""
    return ALLOCATORS | os.environ | local_variables(port, hosts)


def static_fingerprint() -> str:
    """Changes with the name, size or time of any static file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def web_server(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "recovery_site.server", "--host", host, "--port", str(port),
        "--workers", str(workers), "--log-level", "error",
    ]  # fmt: skip


def allow_many_connections() -> None:
    """Raise how many files a process may open, as far as it may: connections are files too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted and soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def search_model() -> list[str]:
    """The search by meaning, without our environment: it needs no secret."""
    path = f"PATH={os.environ.get('PATH', os.defpath)}"
    module = "recovery_site.search.meaning"
    return ["env", "-i", path, sys.executable, "-m", module, str(client.model_folder())]


def runserver(host: str, port: int) -> list[str]:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [sys.executable, "manage.py", "runserver", at]


def supervise(
    commands: dict[str, list[str]],
    environment: dict[str, str],
    greet: Callable[[], bool] = lambda: True,
) -> int:
    """Run the commands until SIGTERM, SIGINT or the server's own end; return its exit code.

    The jobs are started again when they end, others are not missed; a child that ignores SIGTERM
    is killed after STOP_SECONDS. `greet` is called until it returns that it greeted.
    """

    def start(name: str) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal reaches the children through us alone.
        return subprocess.Popen(
            commands[name], cwd=settings.BASE_DIR, env=environment, start_new_session=True
        )

    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children, has_greeted = {name: start(name) for name in commands}, False
    try:
        while not stopping and children["server"].poll() is None:
            has_greeted = has_greeted or greet()
            if children["jobs"].poll() is not None:
                time.sleep(1)
                children["jobs"] = start("jobs")
            time.sleep(0.1)
    finally:
        end_children([*children.values()])
    return 0 if stopping else children["server"].returncode or 1


def end_children(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
