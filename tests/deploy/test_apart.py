"""The public process and the staff's run together, behind nginx, as deploy/ sets them up."""

from __future__ import annotations

import base64
import http.client
import os
import re
import secrets
import shlex
import shutil
import ssl
import stat
import sys
from contextlib import closing
from urllib.parse import urlencode

import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import connection

from tests import prepared, static_files
from tests.beside import Beside
from tests.deploy import machine
from tests.deploy.conftest import exchange
from tests.deploy.machine import HOST, ROOT
from tests.waiting import free_port, wait_until

FORM = {"name": "Mira Example", "phone": "602-555-0142", "message": "please call"}
# Roles belong to the whole server, on which other tests run meanwhile.
ACCOUNT, PASSWORD = f"apart_{os.getpid()}", secrets.token_hex(8)


@pytest.fixture
def database(db):
    """The address of a database with the site's tables, and that of the public account."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no accounts")
    name = f"apart_{os.getpid()}"
    with prepared.preparing() as folder:
        prepared.copy_on_postgres(f"migrated_{folder.name}", name)
    script = (ROOT / "deploy" / "public-role.sql").read_text()
    lines = [line for line in script.splitlines(keepends=True) if not line.startswith("\\")]
    statements = "".join(lines).replace("recovery_public", ACCOUNT)
    url = prepared.url_of(name)
    try:
        with closing(psycopg2.connect(url)) as link, link, link.cursor() as cursor:
            cursor.execute(statements.replace(":'password'", f"'{PASSWORD}'"))
        yield url, re.sub(r"//[^@]*@", f"//{ACCOUNT}:{PASSWORD}@", url)
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'DROP ROLE IF EXISTS "{ACCOUNT}"')


def environments(data, database):
    """The settings of both, as docs/operations.md says; the public process has no key."""
    url, public_url = database
    private = X25519PrivateKey.from_private_bytes(os.urandom(32))
    public_key = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    staff = machine.environment(data) | {
        "ROLE": "staff",
        "DATABASE_URL": url,
        "JOURNAL_PUBLIC_KEY": public_key,
        "JOURNAL_PRIVATE_KEYS": base64.b64encode(private.private_bytes_raw()).decode(),
    }
    public = {
        name: value
        for name, value in staff.items()
        if name not in {"FIELD_KEYS", "INDEX_KEY", "JOURNAL_PRIVATE_KEYS"}
    }
    own = {"ROLE": "public", "SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": public_url}
    return staff, public | own


def command_of(unit, port):
    text = (ROOT / "deploy/systemd" / unit).read_text().replace("\\\n", "")
    command = shlex.split(re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)[1])
    command[0] = sys.executable
    command[command.index("--port") + 1] = str(port)
    # One worker each: two are tried elsewhere.
    command[command.index("--workers") + 1] = "1"
    return command


class Apart:
    def __init__(self, home, staff, public):
        self.home, self.staff, self.public = home, staff, public
        self.port, self.plain_port, self.public_port, self.staff_port = (
            free_port() for _ in range(4)
        )
        self.trusted = ssl.create_default_context(cafile=str(home / "tls" / "fullchain.pem"))
        self.started = []

    def start(self, command, environment, log):
        # As both units have it: what one writes, the other's account of the group moves on.
        command = ["sh", "-c", f"umask 007; exec {shlex.join(command)}"]
        process = machine.start(command, environment, self.home / log, self.home / "code")
        self.started.append(process)

    def start_all(self):
        web = "recovery-site-public.service", "recovery-site-staff.service"
        self.start(command_of(web[0], self.public_port), self.public, "public.log")
        self.start(command_of(web[1], self.staff_port), self.staff, "staff.log")
        jobs = [sys.executable, "manage.py", "run_jobs"]
        self.start(jobs, self.staff, "jobs.log")
        nginx = machine.start_nginx(
            self.home,
            "nginx.conf",
            {
                "listen 80": f"listen 127.0.0.1:{self.plain_port}",
                "listen 443": f"listen 127.0.0.1:{self.port}",
                # The line of docs/operations.md.
                "upstream recovery_site_staff {\n    server 127.0.0.1:8000": (
                    f"upstream recovery_site_staff {{\n    server 127.0.0.1:{self.staff_port}"
                ),
                "127.0.0.1:8000": f"127.0.0.1:{self.public_port}",
            },
        )
        self.started.append(nginx)
        for port in (self.public_port, self.staff_port):
            wait_until(lambda port=port: machine.answers(port))
        wait_until(lambda: machine.listens(self.port))

    def ask(self, path, form=None, **headers):
        link = http.client.HTTPConnection(HOST)
        link.sock = self.trusted.wrap_socket(machine.connect(self.port), server_hostname=HOST)
        body = urlencode(form).encode() if form else None
        origin = {"Origin": f"https://{HOST}", "Sec-Fetch-Site": "same-origin"} if form else {}
        return exchange(
            link, "POST" if form else "GET", path, {"Host": HOST} | origin | headers, body
        )

    def ask_directly(self, port, path):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        return exchange(link, "GET", path, {"Host": HOST, "X-Forwarded-Proto": "https"})

    def said(self):
        return "\n".join(
            f"{log.name}: {log.read_text()[-1500:]}" for log in self.home.glob("*.log")
        )


@pytest.fixture
def apart(database, tmp_path):
    if not shutil.which("nginx"):
        pytest.skip("no nginx: `apt install nginx-light`")
    home, data = tmp_path, tmp_path / "data"
    data.mkdir()
    machine.make_certificate(home / "tls")
    machine.copy_code(home / "code")
    static_files.put(data)
    site = Apart(home, *environments(data, database))
    with machine.ending() as site.started:
        site.start_all()
        yield site


def test_public_and_staff_processes_run_together(apart):
    try:
        walk_through(apart)
    except AssertionError as wrong:
        wrong.add_note(apart.said())
        raise


def walk_through(apart):
    beside = Beside(apart.staff, apart.home / "code")
    # Pages come from the public process, and from nginx once it kept them.
    wait_until((apart.home / "data" / "bulletin.json").exists)
    assert apart.ask("/faq/").status == 200
    wait_until(lambda: apart.ask("/faq/").is_from_folder)
    assert apart.ask("/search/?q=heroin").status == 200
    # A visitor's post is sealed by the one and read by the other.
    form = apart.ask("/contact/").text
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert apart.ask("/contact/", FORM | ({"key": key[1]} if key else {})).status == 303
    try:
        found = wait_until(
            lambda: beside.run(
                "for row in CallbackRequest.objects.all(): print(row.name, row.reference)"
            )
        )
        name, _space, reference = found.strip().rpartition(" ")
        assert name == FORM["name"]
        # Their own request, with reference and last four digits, from the process with keys.
        own = {"reference": reference, "digits": "0142"}
        assert 'name="token"' in apart.ask("/contact/my-request/", own).text
        wrong = apart.ask("/contact/my-request/", own | {"digits": "0143"}).text
        assert 'name="token"' not in wrong
        # Staff's pages are the staff process's alone.
        for path in ("/admin/login/", "/intake/"):
            assert apart.ask(path).status in (200, 302)
            assert apart.ask_directly(apart.staff_port, path).status in (200, 302)
            assert apart.ask_directly(apart.public_port, path).status == 404
        assert apart.ask_directly(apart.public_port, "/contact/my-request/").status == 404
        for port in (apart.public_port, apart.staff_port):
            wait_until(lambda port=port: apart.ask_directly(port, "/readyz").status == 200)
    finally:
        beside.stop()
    # Either account of the group may move what the other wrote.
    written = [*(apart.home / "data" / "journal").rglob("*")]
    assert written
    for path in written:
        # A link has no rights but those of its folder.
        if not path.is_symlink():
            rights = stat.S_IRGRP | stat.S_IWGRP
            assert path.stat().st_mode & rights == rights, path
            assert not path.stat().st_mode & stat.S_IRWXO, path
