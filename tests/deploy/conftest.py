"""The site as deploy/ sets it up on one machine: Granian, run_jobs and a real nginx with TLS."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
import shlex
import shutil
import ssl
import sys
import time
from typing import NamedTuple

import brotli
import pytest

from tests import prepared, static_files
from tests.beside import Beside
from tests.deploy import machine
from tests.deploy.machine import HOST, ROOT
from tests.waiting import PATIENCE, free_port, wait_until


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_from_folder(self):
        """Whether nginx made its tag, of time and length."""
        return bool(re.fullmatch('"[0-9a-f]+-[0-9a-f]+"', self.headers.get("etag", "")))

    @property
    def text(self):
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
        return unpack.get(self.headers.get("content-encoding"), bytes)(self.body).decode()


def exchange(connection, method, path, headers, body=None):
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.endheaders(body)
    response = connection.getresponse()
    answer = Answer(
        response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    )
    connection.close()
    return answer


class Site:
    """A site with its web server; `ask` goes through nginx, `ask_application` past it."""

    def __init__(self, home):
        self.home, self.data, self.code = home, home / "data", home / "code"
        machine.copy_code(self.code)
        self.front = self.data / "pages" / "current"
        self.log = home / "recovery-site.log"
        self.port, self.plain_port, self.app_port = (free_port() for _ in range(3))
        self.environment = machine.environment(self.data)
        self.trusted = ssl.create_default_context(cafile=str(home / "tls" / "fullchain.pem"))
        self.beside = Beside(self.environment, self.code)
        self.application = self.jobs = None
        self.started = []

    def connect(self, address="127.0.0.1"):
        return self.trusted.wrap_socket(machine.connect(self.port, address), server_hostname=HOST)

    def ask(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect()
        return exchange(connection, method, path, {"Host": HOST} | headers, body)

    def ask_plainly(self, path, host=HOST):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=PATIENCE)
        return exchange(connection, "GET", path, {"Host": host})

    def ask_application(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.app_port, timeout=PATIENCE)
        behind = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        return exchange(connection, method, path, behind | headers)

    def post_to_application(self, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.app_port, timeout=PATIENCE)
        behind = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        return exchange(connection, "POST", path, behind, body)

    def say(self, sent):
        """The page that comes back for these raw bytes, until its end or nginx hangs up."""
        received = b""
        with self.connect() as raw, contextlib.suppress(ssl.SSLError, ConnectionError):
            raw.sendall(sent)
            while b"</html>" not in received and (part := raw.recv(65536)):
                received += part
        return received

    def from_folder(self, path, method="GET", **headers):
        """The page, as nginx answers by itself once the application has made it."""
        answers = []

        def has_come():
            # Asked for first, for whoever makes it; a change may end it before it is asked again.
            self.ask(path)
            answers.append(self.ask(path, method, **headers))
            return answers[-1].is_from_folder

        # The application makes it, and others that changed first, on a machine that may be busy.
        try:
            wait_until(has_come)
        except AssertionError as late:
            late.add_note(self.state(answers[-1]))
            raise
        return answers[-1]

    def state(self, answer):
        """What there is to see of the page cache, for whoever asks why a page did not come."""
        pages = self.data / "pages"
        shown = self.front.readlink() if self.front.is_symlink() else "nothing"
        parts = [
            f"answered {answer.status} {answer.headers}",
            f"current leads to {shown}, running jobs: {self.jobs.poll() is None}",
            *(str(each.relative_to(pages)) for each in sorted(pages.glob("*/*"))),
            *(f"{log.name} ends: {log.read_text()[-2000:]}" for log in self.home.glob("*.log")),
        ]
        return "\n".join(parts)

    def logged(self, at_least=0):
        wait_until(lambda: len(self.log.read_text().splitlines()) >= at_least)
        return self.log.read_text().splitlines()

    def run(self, code):
        return self.beside.run(code)

    def start(self, command, log):
        process = machine.start(command, self.environment, self.home / log, self.code)
        self.started.append(process)
        return process

    def start_application(self):
        unit = (ROOT / "deploy/systemd/recovery-site-web.service").read_text().replace("\\\n", "")
        command = shlex.split(re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)[1])
        command[0] = sys.executable
        command[command.index("--port") + 1] = str(self.app_port)
        self.application = self.start(command, "application.log")
        wait_until(lambda: machine.answers(self.app_port))

    def stop_application(self):
        machine.stop(self.application)

    @contextlib.contextmanager
    def without_application(self):
        self.stop_application()
        try:
            yield
        finally:
            self.start_application()

    def start_all(self):
        self.start_application()
        self.jobs = self.start([sys.executable, "manage.py", "run_jobs"], "jobs.log")
        nginx = machine.start_nginx(
            self.home,
            "nginx.conf",
            {
                "listen 80": f"listen 127.0.0.1:{self.plain_port}",
                "listen 443": f"listen 127.0.0.1:{self.port}",
                "127.0.0.1:8000": f"127.0.0.1:{self.app_port}",
                "client_header_timeout 10s": "client_header_timeout 1s",
                "client_body_timeout 15s": "client_body_timeout 6s",
            },
        )
        self.started.append(nginx)
        wait_until(lambda: machine.listens(self.port))
        # nginx shows it for its own errors.
        wait_until((self.data / "unavailable" / "index.html").exists)
        # A test may put something into the folder before anything else is asked for.
        wait_until(self.front.is_symlink)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    if not shutil.which("nginx"):
        pytest.skip("no nginx: `apt install nginx-light`")
    home = tmp_path_factory.mktemp("deployed")
    machine.make_certificate(home / "tls")
    site = Site(home)
    site.data.mkdir()
    static_files.put(site.data)
    prepared.put_site(site.data)
    with machine.ending() as site.started:
        try:
            site.start_all()
            yield site
        finally:
            site.beside.stop()


@pytest.fixture
def article(site):
    """The address of a published article of its own for each test."""
    slug = f"article-{time.monotonic_ns()}"
    site.run(
        "from articles.models import Article, Topic\n"
        f"article = Article.objects.create(slug='{slug}', topic=Topic.objects.first())\n"
        "article.save_revision(title='Words at first', summary='', body='<p>Read this.</p>')\n"
        "article.publish()\n"
    )
    return f"/articles/{slug}/"
