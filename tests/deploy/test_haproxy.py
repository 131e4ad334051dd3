import http.client
import os
import shutil
import ssl
import subprocess

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from recovery_site.context_processors import current_site
from tests.deploy import machine
from tests.deploy.conftest import exchange
from tests.deploy.machine import HOST, ROOT
from tests.waiting import PATIENCE, free_port, wait_until


class Balancer:
    """The balancer while no node answers."""

    def __init__(self, home):
        self.port, self.plain_port, absent = (free_port() for _ in range(3))
        machine.make_certificate(home / "tls")
        parts = [(home / "tls" / name).read_text() for name in ("fullchain.pem", "privkey.pem")]
        (home / "site.pem").write_text("".join(parts))
        page = render_to_string("unavailable.html", {"site": current_site()})
        (home / "unavailable.html").write_text(page)
        text = (ROOT / "deploy" / "haproxy.cfg").read_text()
        for old, new in {
            "/etc/haproxy/site.pem": str(home / "site.pem"),
            "/etc/haproxy/unavailable.html": str(home / "unavailable.html"),
            "    user haproxy\n    group haproxy\n": "",
            "maxconn 8000": "maxconn 200",
            "bind :80\n": f"bind 127.0.0.1:{self.plain_port}\n",
            "bind :443": f"bind 127.0.0.1:{self.port}",
            "10.0.0.11:8080": f"127.0.0.1:{absent}",
            "10.0.0.12:8080": f"127.0.0.1:{absent}",
        }.items():
            assert old in text, old
            text = text.replace(old, new)
        (home / "haproxy.cfg").write_text(text)
        self.log = home / "haproxy.log"
        self.command = ["haproxy", "-db", "-f", str(home / "haproxy.cfg")]
        self.trusted = ssl.create_default_context(cafile=str(home / "tls" / "fullchain.pem"))

    def ask(self, path, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.trusted)
        connection.sock = self.trusted.wrap_socket(machine.connect(self.port), server_hostname=HOST)
        return exchange(connection, "GET", path, {"Host": HOST} | headers)

    def ask_plainly(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=PATIENCE)
        return exchange(connection, "GET", path, {"Host": HOST})


@pytest.fixture(scope="module", autouse=True)
def balancer(tmp_path_factory):
    if not shutil.which("haproxy"):
        pytest.skip("no haproxy: `apt install haproxy`")
    balancer = Balancer(tmp_path_factory.mktemp("balancer"))
    with machine.ending() as started:
        started.append(machine.start(balancer.command, dict(os.environ), balancer.log))
        wait_until(lambda: machine.listens(balancer.port))
        yield balancer


def test_without_any_node_the_number_is_shown(balancer):
    answer = balancer.ask("/contact/")
    assert answer.status == 503
    assert answer.headers["cache-control"] == "no-store"
    for number in (f"tel:+1{settings.SITE_PHONE.replace('-', '')}", "tel:911", "tel:988"):
        assert number in answer.text


def test_other_host_is_refused(balancer):
    assert balancer.ask("/", Host="evil.example").status == 421


def test_unencrypted_request_is_led_to_https(balancer):
    answer = balancer.ask_plainly("/faq/")
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{HOST}/faq/"


def test_log_of_the_balancer_holds_nothing_personal(balancer):
    balancer.ask("/search/?q=Test+Person")
    wait_until(lambda: "/search/" in balancer.log.read_text())
    lines = [line for line in balancer.log.read_text().splitlines() if line.startswith("GET")]
    assert lines
    for word in ("Person", "127.0.0.1"):
        assert word not in "\n".join(lines)


def test_way_to_the_database_is_understood():
    file = str(ROOT / "deploy" / "haproxy-postgres.cfg")
    done = subprocess.run(
        ["haproxy", "-c", "-f", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_databases_are_asked_what_the_comments_say():
    text = (ROOT / "deploy" / "haproxy-postgres.cfg").read_text()
    words = [bytes.fromhex(line.split()[-1]) for line in text.splitlines() if "binary " in line]
    hello, is_primary, goodbye, _hello, is_standby, _goodbye = words
    assert hello[8:] == b"user\0haproxy\0database\0postgres\0\0"
    assert int.from_bytes(hello[:4]) == len(hello)
    assert is_primary == b"in_hot_standby\0off\0"
    assert is_standby == b"in_hot_standby\0on\0"
    assert goodbye[:1] == b"X"
