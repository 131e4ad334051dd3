import contextlib
import re
import time

import pytest

from tests.deploy.machine import HOST
from tests.waiting import wait_until


def test_too_long_a_form_is_answered_with_the_number(site):
    head = f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9000000\r\n\r\n"
    received = site.say(head.encode())
    assert received.startswith(b"HTTP/1.1 413")
    assert b"tel:+18882810805" in received


@pytest.mark.parametrize(
    "sent",
    [
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ",
        f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100\r\n\r\nname=",
    ],
)
def test_slow_sender_is_cut_off(site, sent):
    began = time.monotonic()
    with site.connect() as raw:
        raw.sendall(sent.encode())
        raw.settimeout(12)
        with contextlib.suppress(ConnectionResetError):
            while raw.recv(65536):
                pass
    assert time.monotonic() - began < 11


SLOW_POST = f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n\r\nname".encode()


def send_slowly(site, addresses):
    """Forms that never end, one from each of `addresses`."""
    connections = []
    for address in addresses:
        connections.append(site.connect(address))
        connections[-1].sendall(SLOW_POST)
    return connections


def test_application_is_not_asked_before_a_form_is_whole(site):
    lines = len(site.logged())
    [slow] = send_slowly(site, ["127.0.3.1"])
    with slow, contextlib.suppress(ConnectionResetError):
        slow.settimeout(12)
        while slow.recv(65536):
            pass
    refused = re.compile(r"POST /contact/ 408 \d+ \S+ - -$")
    wait_until(lambda: any(refused.search(line) for line in site.logged()[lines:]))


def test_slow_senders_keep_nobody_else_waiting(site):
    # Its first page is made slowly, by whichever worker is asked.
    for _ in range(4):
        site.ask("/contact/")
    # More than the application takes at once.
    slow = send_slowly(site, [f"127.0.1.{number % 4 + 1}" for number in range(160)])
    began = time.monotonic()
    assert site.ask("/contact/").status == 200
    assert time.monotonic() - began < 2
    for connection in slow:
        connection.close()


def test_one_address_cannot_take_all_connections(site):
    slow = send_slowly(site, ["127.0.2.1"] * 100)
    with site.connect("127.0.2.1") as one_more:
        one_more.sendall(f"GET /contact/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        received = one_more.recv(65536)
    assert received.startswith(b"HTTP/1.1 503")
    assert b"tel:+18882810805" in received
    assert site.ask("/contact/").status == 200
    for connection in slow:
        connection.close()


def test_log_holds_nothing_personal(site):
    site.ask(
        "/search/?q=Test+Person", **{"Referer": "https://elsewhere.example/", "User-Agent": "Seen"}
    )
    site.ask("/contact/", method="POST", body=b"name=Test+Person&phone=none")
    # nginx writes its lines after some seconds; others of this site may be there already.
    wait_until(lambda: "/search/" in site.log.read_text())
    lines = site.log.read_text()
    for word in ("Person", "127.0.0.1", "elsewhere", "Seen", "?"):
        assert word not in lines


def test_errors_are_not_written_down_with_addresses(site):
    with site.without_application():
        site.ask("/search/?q=Test+Person")
    for file in site.home.glob("*.log"):
        assert "q=Test" not in file.read_text(), file
        assert "client: " not in file.read_text(), file
