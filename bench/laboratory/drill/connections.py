"""Asking a server of this machine, with TLS or without, as the site's own host."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

HOST = "www.example.org"


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
