"""Someone who asks a WSGI application for pages."""

from __future__ import annotations

import gzip
import io
import sys
from typing import Any, NamedTuple

import brotli


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.decoded.decode()

    @property
    def decoded(self) -> bytes:
        match self.headers.get("Content-Encoding"):
            case "gzip":
                return gzip.decompress(self.body)
            case "br":
                return brotli.decompress(self.body)
        return self.body


class Visitor:
    def __init__(self, application: Any) -> None:
        self.application = application

    def ask(self, path: str, method: str = "GET", query: str = "", **more: Any) -> Answer:
        """The answer to a request; `more` is what WSGI knows besides, as HTTP_ACCEPT_ENCODING."""
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        } | more
        begun: list[Any] = []
        parts = self.application(environ, lambda *args: begun.extend(args))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return Answer(int(begun[0][:3]), dict(begun[1]), body)
