"""The site as Granian runs it: forms are read whole before one of few threads is taken for them.

Granian's WSGI reads a form inside the thread that answers it, so twenty clients that never finish
theirs would stop every page. Here a form that comes slowly costs a coroutine, and is given up when
its time is over. Pages in memory are answered without any thread.
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

from django.conf import settings

# Django is set up by it.
from recovery_site.wsgi import application as wsgi_application

# isort: split
from contact.records.kept_copies import crisis_lines
from recovery_site.middleware import HEALTH_PATHS
from recovery_site.page_cache.version import SharedVersion
from recovery_site.serving.preparing import keep_prepared

logger = logging.getLogger(__name__)

THREADS = 8
# A request for a call waits for the disk and for no database, so none that hangs holds these.
CALLBACK_PATH, CALLBACK_THREADS = "/contact/", 4
# A form has this time, and more as its bytes arrive, so that long uploads end and trickles do not.
BODY_SECONDS, LEAST_BYTES_A_SECOND = 20, 8 * 1024
# Of one form. Larger ones are not read: Django refuses them by the length that they name.
MOST_BODY_BYTES = 12 * 1024 * 1024
# The visitors' form is smaller, whatever is written in it, and always has room. Larger ones share
# some in each worker; what does not fit is told to come back.
SMALL_BODY_BYTES = 128 * 1024
MOST_WAITING_BYTES = 64 * 1024 * 1024
RETRY_SECONDS = 10
# Longer files and exports are streamed, by a thread of their own until their client has them.
STREAMED_FROM_BYTES, STREAM_SECONDS = 1024 * 1024, 60

Environ = dict[str, Any]
Headers = list[tuple[str, str]]


class BodyTooSlow(Exception):
    """The form did not arrive in its time."""


class BodyCut(Exception):
    """The client left before its form was whole."""


class NoRoom(Exception):
    """Too many forms wait already."""


class Server:
    """An RSGI application that answers with a WSGI one."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application
        self.from_memory = getattr(application, "from_memory", None)
        cache = getattr(application, "cache", None)
        self.version: SharedVersion | None = getattr(cache, "version", None)
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self.callbacks = ThreadPoolExecutor(CALLBACK_THREADS, thread_name_prefix="callback")
        # Told also while all other threads wait for a database.
        self.health = {path: ThreadPoolExecutor(1) for path in HEALTH_PATHS}
        self.waiting_bytes = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in each worker before its first request."""
        # Pages are served meanwhile.
        Thread(target=keep_prepared, args=(self.version, Event()), daemon=True).start()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        try:
            environ = environ_of(scope)
        except ValueError:
            refuse(proto, 400, "That address arrived broken.")
            return
        answer = ServerAnswer()
        if self.from_memory and (page := self.from_memory(environ)):
            body = b"".join(page.send(environ, answer))
            proto.response_bytes(answer.status, answer.headers, body)
            return
        taken = 0
        try:
            if length := length_to_read(environ):
                taken = self.make_room(length)
                environ["wsgi.input"] = io.BytesIO(await read_body(proto, length))
            await self.respond(environ, answer, proto)
        except BodyTooSlow:
            refuse(proto, 408, "What you sent took too long to arrive. Please try once more.")
        except BodyCut:
            refuse(proto, 400, "What you sent did not arrive whole. Please try once more.")
        except NoRoom:
            refuse(proto, 503, "Very many forms are being sent. Please try in a moment.")
        finally:
            self.waiting_bytes -= taken

    def make_room(self, length: int) -> int:
        if length <= SMALL_BODY_BYTES:
            return 0
        if self.waiting_bytes + length > MOST_WAITING_BYTES:
            raise NoRoom
        self.waiting_bytes += length
        return length

    async def respond(self, environ: Environ, answer: ServerAnswer, proto: Any) -> None:
        loop = asyncio.get_running_loop()

        async def begin() -> Any:
            return proto.response_stream(answer.status, answer.headers)

        async def send(transport: Any, piece: bytes) -> None:
            await transport.send_bytes(piece)

        def stream(pieces: Iterable[bytes]) -> None:
            transport = asyncio.run_coroutine_threadsafe(begin(), loop).result()
            for piece in pieces:
                sent = asyncio.run_coroutine_threadsafe(send(transport, piece), loop)
                sent.result(STREAM_SECONDS)

        pool = self.pool_for(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        body = await loop.run_in_executor(pool, self.make, environ, answer, stream)
        if body is not None:
            proto.response_bytes(answer.status, answer.headers, body)

    def pool_for(self, method: str, path: str) -> ThreadPoolExecutor:
        if method == "POST" and path == CALLBACK_PATH:
            return self.callbacks
        return self.health.get(path, self.pool)

    def make(
        self, environ: Environ, answer: ServerAnswer, stream: Callable[[Iterable[bytes]], None]
    ) -> bytes | None:
        """Return the whole body; or stream a long one, and return None."""
        made = self.application(environ, answer)
        try:
            if getattr(made, "streaming", False) and not answer.is_short:
                stream(made)
                return None
            return b"".join(made)
        finally:
            if ends := getattr(made, "close", None):
                ends()


class ServerAnswer:
    """What WSGI calls `start_response`; keeps the status and the headers."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, exc_info: Any = None) -> None:
        self.status, self.headers = int(status[:3]), headers

    @property
    def is_short(self) -> bool:
        """Whether its body, such as a static file, is sent at once."""
        lengths = (value for name, value in self.headers if name.lower() == "content-length")
        return int(next(lengths, STREAMED_FROM_BYTES)) < STREAMED_FROM_BYTES


def environ_of(scope: Any) -> Environ:
    """Return the request as WSGI has it (PEP 3333). Raises ValueError for an undecodable path."""
    client, server = scope.client.rpartition(":"), scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # WSGI hands bytes over as Latin-1.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client[0].strip("[]"),
        "SERVER_NAME": server[0].strip("[]"),
        "SERVER_PORT": server[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # With an underscore, a name would pass for another one.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ


def length_to_read(environ: Environ) -> int:
    """Return how many bytes to read; 0 for what Django refuses unread, by length or encoding."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return 0
    length = environ.get("CONTENT_LENGTH", "")
    count = int(length) if length.isascii() and length.isdigit() else 0
    return count if count <= MOST_BODY_BYTES else 0


async def read_body(proto: Any, length: int) -> bytes:
    """Return the body. Raises BodyTooSlow or BodyCut."""
    begun, body = time.monotonic(), bytearray()

    async def collect() -> None:
        async for piece in proto:
            body.extend(piece)

    # A task of its own: the one that Granian runs a request in can't be cancelled.
    reading = asyncio.create_task(collect())
    while not reading.done():
        deadline = begun + BODY_SECONDS + len(body) / LEAST_BYTES_A_SECOND
        if time.monotonic() >= deadline:
            reading.cancel()
            raise BodyTooSlow
        await asyncio.wait({reading}, timeout=deadline - time.monotonic())
    if reading.exception() or len(body) != length:
        raise BodyCut
    return bytes(body)


def refuse(proto: Any, status: int, words: str) -> None:
    """Answer in plain text, with the numbers to dial: the client waits for nothing more."""
    lines = crisis_lines.read()
    numbers = f"In danger: {lines.emergency.dial}. In crisis: {lines.lifeline.dial}."
    text = f"{words}\nOr call {settings.SITE_PHONE}. {numbers}\n"
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("connection", "close"),
    ]
    if status == 503:
        headers.append(("retry-after", str(RETRY_SECONDS)))
    proto.response_bytes(status, headers, text.encode())


application = Server(wsgi_application)
