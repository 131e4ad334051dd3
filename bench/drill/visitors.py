"""Those who read and those who ask to be called, all the time, and what happened to each."""

from __future__ import annotations

import http.client
import itertools
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

HOST = "www.example.org"
# Then a browser's connection is made anew, as when another visitor comes.
REQUESTS_PER_CONNECTION = 25
# The form counts posts by network.
POSTS_PER_ADDRESS = 20
PAUSE_SECONDS = 0.01


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str
    cookies: dict[str, str]


class Line(http.client.HTTPConnection):
    """A connection to a port of this machine that speaks TLS where a certificate is given."""

    def __init__(self, port: int, certificate: Path | None = None, address: str = "") -> None:
        source = (address, 0) if address else None
        super().__init__("127.0.0.1", port, timeout=20, source_address=source)
        self.context = ssl.create_default_context(cafile=str(certificate)) if certificate else None

    def connect(self) -> None:
        super().connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=HOST)

    def ask(
        self,
        path: str,
        method: str = "GET",
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Raises OSError or http.client.HTTPException."""
        body = urlencode(form, doseq=True) if form is not None else None
        sent = {"Host": HOST, **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.request(method, path, body, sent)
        response = self.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        cookies = {
            name: morsel.value
            for header in response.headers.get_all("Set-Cookie", [])
            for name, morsel in SimpleCookie(header).items()
        }
        return Answer(response.status, told, response.read().decode(), cookies)


def get(port: int, path: str, certificate: Path | None = None) -> Answer:
    """The page, or status 0 if nothing came."""
    line = Line(port, certificate)
    try:
        return line.ask(path)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, {}, type(error).__name__, {})
    finally:
        line.close()


class Read(NamedTuple):
    at: float
    seconds: float
    fault: str


class Readers:
    """Threads that read public pages through the balancer until stopped."""

    def __init__(self, port: int, certificate: Path, paths: list[str], count: int = 4) -> None:
        self.port, self.certificate, self.paths = port, certificate, paths
        self.reads: list[Read] = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.read, args=(n,)) for n in range(count)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def read(self, first: int) -> None:
        line, left = None, 0
        for path in itertools.islice(itertools.cycle(self.paths), first, None):
            if self.stopping.wait(PAUSE_SECONDS):
                return
            if line is None or not left:
                line, left = Line(self.port, self.certificate), REQUESTS_PER_CONNECTION
            left -= 1
            at, fault = time.monotonic(), ""
            try:
                answer = line.ask(path)
                if answer.status != 200:
                    fault = f"{path} gave {answer.status}"
                elif "</html>" not in answer.text:
                    fault = f"{path} was cut short"
            except (OSError, http.client.HTTPException) as error:
                fault = f"{path}: {type(error).__name__}"
            if fault:
                left = 0
            if not left:
                line.close()
            self.reads.append(Read(at, time.monotonic() - at, fault))

    def since(self, moment: float) -> list[Read]:
        return [read for read in self.reads.copy() if read.at >= moment]


class Callers:
    """Threads that ask to be called, and press the button again while they are not thanked."""

    def __init__(self, port: int, certificate: Path, count: int = 2) -> None:
        self.port, self.certificate = port, certificate
        self.thanked: dict[str, float] = {}
        self.pressed_again = 0
        self.longest = 0.0
        self.numbers = itertools.count(1)
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.call) for _ in range(count)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def call(self) -> None:
        while not self.stopping.wait(0.1):
            number = next(self.numbers)
            mark = f"drill {number}"
            network = number // POSTS_PER_ADDRESS
            address = f"127.{1 + network // 62500}.{network // 250 % 250}.{1 + network % 250}"
            form = {
                "name": f"Test Person {number}",
                "phone": f"201-555-01{number % 100:02}",
                "message": mark,
                "key": str(uuid.uuid4()),
            }
            began = time.monotonic()
            while not self.is_thanked(form, address):
                self.pressed_again += 1
                if self.stopping.wait(0.25):
                    return
            self.thanked[mark] = time.monotonic()
            self.longest = max(self.longest, time.monotonic() - began)

    def is_thanked(self, form: dict[str, str], address: str) -> bool:
        line = Line(self.port, self.certificate, address)
        try:
            answer = line.ask("/contact/", "POST", form)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        return answer.status == 303 and "/contact/thanks/?r=" in answer.headers["location"]
