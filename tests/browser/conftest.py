"""A site as `make run` starts it, a mail server, and a real Chromium."""

from __future__ import annotations

import base64
import itertools
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests import prepared, programs, static_files
from tests.beside import ROOT, Beside
from tests.waiting import PATIENCE, free_port, wait_until

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
visitors = itertools.count(1)
# Milliseconds. A limit ends what hangs; a busy machine may take its time.
LIMIT = 60_000
expect.set_options(timeout=LIMIT)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
NARROW = {"width": 320, "height": 640}


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


class Site(NamedTuple):
    url: str
    data: Path
    logins: dict[str, str]
    mails: list
    beside: Beside
    output: Path

    def run(self, code, *words):
        """Run Python in the site's own environment; what it printed."""
        return self.beside.run(code, *words)


def press(page, name):
    """Press the button that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    """Follow the first link whose words match, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


class Mailbox:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


def own_address():
    """Headers of a visitor who shares an address with nobody: floods are counted by address."""
    return {"X-Forwarded-For": f"2001:db8:0:{next(visitors):x}::1"}


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def site(tmp_path_factory, request):
    """The running site; stopped, with its jobs, at the end."""
    data = tmp_path_factory.mktemp("site")
    static_files.put(data)
    if getattr(request.config, "workerinput", {}).get("workerid", "gw0") != "gw0":
        # The first worker's site starts with nothing, as a new one does.
        prepared.put_site(data)
    mailbox = Mailbox()
    mail_port = free_port()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=mail_port)
    smtp.start()
    port = free_port()
    environment = {
        **os.environ,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATA_DIR": str(data),
        "DATABASE_URL": "",
        "SITE_URL": "",
        "NETWORK_HOSTS": "",
        "INTAKE_EMAIL": "intake@example.org",
        "MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "TRUSTED_PROXIES": "127.0.0.1,::1",
        "DJANGO_SETTINGS_MODULE": "tests.site_settings",
        "PYTHONUNBUFFERED": "1",
    }
    beside = Beside(environment)
    output = data / "output.txt"
    with output.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--host", "0.0.0.0", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://localhost:{port}"
    try:
        wait_until(lambda: server.poll() is not None or answers(f"{url}/readyz"))
        text = output.read_text()
        assert server.poll() is None, text
        logins = dict(re.findall(r"^  (\w+) +(\S+)", text, re.MULTILINE))
        yield Site(url, data, logins, mailbox.mails, beside, output)
    finally:
        beside.stop()
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)
        smtp.stop()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def launch():
    """Start a Chromium, `program` or the one that most tests drive, with flags and options."""
    with sync_playwright() as playwright:
        yield lambda *flags, program=None, **options: playwright.chromium.launch(
            executable_path=program or programs.browser(),
            headless=True,
            args=[*FLAGS, *flags],
            **options,
        )


@pytest.fixture(scope="session")
def chromium(launch):
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium, site):
    """Open a page as a visitor would; console errors and foreign requests fail the test."""
    contexts, complaints = [], []

    def complain(request):
        if not request.url.startswith((site.url, "data:", "blob:")):
            complaints.append(f"foreign request: {request.url}")

    def listen(page):
        page.on(
            "console",
            lambda m: complaints.append(f"console: {m.text}") if m.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("request", complain)

    def new(path="/", viewport=PHONE, **options):
        context = chromium.new_context(
            base_url=site.url,
            viewport=viewport,
            reduced_motion="reduce",
            extra_http_headers=own_address(),
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(LIMIT)
        page = context.new_page()
        page.complaints = complaints
        listen(page)
        page.goto(path)
        return page

    yield new
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def sessions():
    """Cookies of those who logged in, by role: to log in takes long, by intent."""
    return {}


@pytest.fixture
def log_in(open_page, site, sessions):
    """A page on which `role` (editor, intake, lead, …) is logged in to the admin."""

    def new(role, path="/admin/", viewport=DESK, **options):
        page = open_page(path, viewport, storage_state=sessions.get(role), **options)
        if "/admin/login/" in page.url:
            page.get_by_label("Username").fill(role)
            page.get_by_label("Password").fill(site.logins[role])
            press(page, "Log in")
            sessions[role] = page.context.storage_state()
        return page

    return new


@pytest.fixture(scope="session")
def axe():
    return Axe()
