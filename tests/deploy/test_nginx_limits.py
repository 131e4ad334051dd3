import contextlib
import re
import threading
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
        with contextlib.suppress(ConnectionResetError):
            while raw.recv(65536):
                pass
    # Without a limit of ours, nginx waits for 60 s.
    assert time.monotonic() - began < 50


SLOW_POST = f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 999\r\n\r\nname".encode()


@contextlib.contextmanager
def slow_senders(site, addresses):
    """Forms that never end, one from each of `addresses`: a byte a second, so that none is cut."""
    is_over, connections = threading.Event(), []

    def go_on():
        while not is_over.wait(1):
            for connection in tuple(connections):
                with contextlib.suppress(OSError):
                    connection.sendall(b"x")

    with contextlib.ExitStack() as opened:
        thread = threading.Thread(target=go_on)
        thread.start()
        opened.callback(thread.join)
        opened.callback(is_over.set)
        for address in addresses:
            connection = opened.enter_context(site.connect(address))
            connection.sendall(SLOW_POST)
            connections.append(connection)
        yield


def test_application_is_not_asked_before_a_form_is_whole(site):
    lines = len(site.logged())
    with site.connect("127.0.3.1") as slow, contextlib.suppress(ConnectionResetError):
        slow.sendall(SLOW_POST)
        while slow.recv(65536):
            pass
    refused = re.compile(r"POST /contact/ 408 \d+ \S+ - -$")
    wait_until(lambda: any(refused.search(line) for line in site.logged()[lines:]))


def test_slow_senders_keep_nobody_else_waiting(site):
    # Its first page is made slowly, by whichever worker is asked.
    for _ in range(4):
        site.ask("/contact/")
    # More than the application takes at once.
    with slow_senders(site, [f"127.0.1.{number % 4 + 1}" for number in range(160)]):
        assert site.ask("/contact/").status == 200


def test_one_address_cannot_take_all_connections(site):
    with slow_senders(site, ["127.0.2.1"] * 100):
        with site.connect("127.0.2.1") as one_more:
            one_more.sendall(f"GET /contact/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            received = one_more.recv(65536)
        assert received.startswith(b"HTTP/1.1 503")
        assert b"tel:+18882810805" in received
        assert site.ask("/contact/").status == 200


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
