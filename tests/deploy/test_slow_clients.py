"""Clients that never finish, at Granian without a web server before it."""

import contextlib
import socket
import time

from tests.deploy.machine import HOST, connect

EACH = 100
HEAD = f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100\r\n"
UNFINISHED = {
    "idle": b"",
    "headers": b"GET / HTTP/1.1\r\nX-Slow: ",
    "body": f"{HEAD}\r\nname=".encode(),
    "left": f"{HEAD}\r\nname=".encode(),
}


def test_hundreds_of_clients_that_never_finish_stop_nobody(site):
    with contextlib.ExitStack() as opened:
        for kind, sent in UNFINISHED.items():
            for _ in range(EACH):
                client = connect(site.app_port)
                opened.enter_context(client)
                client.sendall(sent)
                if kind == "left":
                    client.shutdown(socket.SHUT_WR)
        began = time.monotonic()
        answers = [site.ask_application(path).status for path in ("/", "/healthz", "/contact/")]
        assert answers == [200, 200, 200]
        assert site.post_to_application("/contact/", b"name=&phone=").status == 200
        # Behind those whose form never ends, each for 20 s in one of 16 threads, it would be 125.
        assert time.monotonic() - began < 60
