"""One request over HTTP/1.1, and its answer."""

from __future__ import annotations

import gzip
import io
import re
import socket
from collections.abc import Mapping
from http.client import HTTPResponse
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import brotli

BR, GZIP = "br", "gzip"
HEADING = re.compile(rb"<h1[^>]*>(.*?)</h1>", re.DOTALL)


class Answer(NamedTuple):
    """An answer; `length` counts every byte, headers too."""

    url: str
    status: int
    length: int
    coding: str
    headers: list[tuple[str, str]]
    # The body as sent, and decompressed.
    sent: bytes
    body: bytes

    @property
    def heading(self) -> str:
        found = HEADING.search(self.body)
        return " ".join(found[1].decode().split()) if found else ""


class _Received:
    """Bytes in the shape in which http.client reads them."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO(self.data)


def ask(
    url: str, coding: str, timeout: float = 10, headers: Mapping[str, str] | None = None
) -> Answer:
    """GET `url`, accepting `coding`. Raise OSError when nothing answers."""
    parts = urlsplit(url)
    sent_headers = {"Host": parts.netloc, **(headers or {})}
    sent_headers |= {"Accept-Encoding": coding, "Connection": "close"}
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in sent_headers.items())]
    request = "".join(f"{line}\r\n" for line in [*lines, ""])
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout) as connection:
        connection.sendall(request.encode())
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    if not data:
        raise ConnectionError("closed without an answer")
    response = HTTPResponse(_Received(data))  # type: ignore[arg-type]
    response.begin()
    sent = response.read()
    used = response.headers.get("Content-Encoding", "")
    unpack = {BR: brotli.decompress, GZIP: gzip.decompress}.get(used, bytes)
    return Answer(url, response.status, len(data), used, response.getheaders(), sent, unpack(sent))
