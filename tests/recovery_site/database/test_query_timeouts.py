import os
import socket
import subprocess
import sys
import threading
import time

import psycopg2
import pytest
from django.db import connection
from psycopg2 import extensions

from recovery_site.database import query_timeouts
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def limited(monkeypatch):
    before = extensions.get_wait_callback()
    monkeypatch.setattr(query_timeouts, "READING_SECONDS", 0.3)
    extensions.set_wait_callback(query_timeouts.make_wait_callback(seconds=0.6))
    yield
    extensions.set_wait_callback(before)


@pytest.fixture
def silent():
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(("options", "seconds"), [("", 0.6), ("-c statement_timeout=2000", 0.3)])
def test_silent_server_is_given_up(silent, options, seconds):
    begun = time.monotonic()
    with pytest.raises(psycopg2.OperationalError, match="did not answer in time"):
        psycopg2.connect(host="127.0.0.1", port=silent, user="x", dbname="x", options=options)
    assert time.monotonic() - begun >= seconds


class Line(threading.Thread):
    """Passes on what two sockets say, until it falls silent with both of them open."""

    def __init__(self, server, to):
        super().__init__(daemon=True)
        self.server, self.to = server, to
        self.is_silent, self.is_over = threading.Event(), threading.Event()

    def run(self):
        near, _ = self.server.accept()
        with near, socket.create_connection(self.to) as far:
            back = threading.Thread(target=self.copy, args=(far, near), daemon=True)
            back.start()
            self.copy(near, far)
            self.is_over.wait(PATIENCE)
            far.shutdown(socket.SHUT_RDWR)

    def copy(self, source, target):
        while (data := source.recv(65536)) and not self.is_silent.is_set():
            target.sendall(data)


@pytest.mark.django_db
def test_server_that_falls_silent_is_given_up_and_its_connection_closed():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no server")
    known = connection.get_connection_params()
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = Line(server, (known["host"], int(known["port"])))
        line.start()
        # This server answers, if on a busy machine.
        extensions.set_wait_callback(query_timeouts.make_wait_callback(seconds=PATIENCE))
        talking = psycopg2.connect(
            host="127.0.0.1", port=server.getsockname()[1], user=known["user"],
            dbname=known.get("dbname", "postgres"),
        )  # fmt: skip
        cursor = talking.cursor()
        cursor.execute("SELECT 1")
        line.is_silent.set()
        extensions.set_wait_callback(query_timeouts.make_wait_callback(seconds=0.6))
        with pytest.raises(psycopg2.Error, match="did not answer in time"):
            cursor.execute("SELECT 2")
        assert talking.closed
        line.is_over.set()
        line.join()


WORKER = "import recovery_site.wsgi"
JOBS = """
import django
django.setup()
from recovery_site.database import query_timeouts
from recovery_site.management.commands import run_jobs
query_timeouts.set_query_timeout(seconds=1)
"""
LOADED = """
import sys
print("psycopg2" in sys.modules)
if "psycopg2" in sys.modules:
    from psycopg2 import extensions
    print(extensions.get_wait_callback() is not None)
"""


POSTGRESQL = "postgres://nobody:x@127.0.0.1:9/none"


@pytest.mark.parametrize(
    ("process", "address", "printed"),
    [
        (WORKER, POSTGRESQL, ["True", "True"]),
        (JOBS, POSTGRESQL, ["True", "True"]),
        (WORKER + JOBS, "", ["False"]),
    ],
)
def test_postgresqls_driver_and_its_timeouts_are_loaded_where_needed(
    tmp_path, process, address, printed
):
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": address,
        "DATABASE_REPLICA_URL": "",
        "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", process + "\n" + LOADED],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == printed
