"""One public page: its bytes in every coding, and what they depend on."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from .generations import EPOCH, Generations, slot_of
from .negotiation import BR, CODINGS, FAST, GZIP, IDENTITY, SMALL, coding, compress, has_already

# The tags of what a page shows, set by its view; the name is Fastly's and Varnish's.
TAGS = "Surrogate-Key"
# A page that shows a day is made anew once a day.
MAX_AGE_SECONDS = 24 * 3600
# Ask again each time; a copy may be shown while asking, and for a day if we do not answer.
CACHE_CONTROL = "public, max-age=0, stale-while-revalidate=30, stale-if-error=86400"
VERSION = b"page 1"
# Bytes; whoever asks for more, as for a long sitemap, must not wait for the last tenth saved.
LARGE = 96 * 1024
# Said anew for every answer.
OWN_HEADERS = {"content-length", "etag", "vary", "cache-control", "last-modified"}
Headers = list[tuple[str, str]]


class Damaged(ValueError):
    """These bytes are not a page as it was written."""


class Answer(NamedTuple):
    """What is sent for one coding."""

    etag: str
    headers: Headers
    headers_if_known: Headers


def unfit(response: HttpResponseBase) -> str:
    """Why this answer must not be given to anybody else; empty if it may."""
    policy = response.get("Content-Security-Policy", "")
    caching = response.get("Cache-Control", "")
    reasons = {
        "streams": response.streaming,
        "sets a cookie": bool(response.cookies),
        "carries a nonce": "'nonce-" in policy,
        "is private": "no-store" in caching or "private" in caching,
        "varies": response.get("Vary", "Accept-Encoding").lower() != "accept-encoding",
        "is encoded": response.has_header("Content-Encoding"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


@dataclass(slots=True)
class Page:
    """A page at `path`, made when its tags' counters (`slots`) stood at `marks`."""

    path: str
    build: str
    epoch: int
    slots: list[int]
    marks: list[int]
    made_at: float
    modified: int
    etag: str
    length: int
    headers: list[list[str]]
    compressed: dict[str, bytes] = field(repr=False)
    # The count of all changes when this page was last found to be fresh.
    seen: int = 0
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        path: str,
        response: Any,
        *,
        tags: list[str],
        numbers: Any,
        build: str,
        earlier: Page | None,
    ) -> Page:
        """Keep `response`, whose making began when the counters stood at `numbers`."""
        body = response.content
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        slots = sorted({slot_of(tag) for tag in tags})
        now = time.time()
        modified = int(now)
        if earlier and earlier.etag == digest:
            modified, compressed = earlier.modified, earlier.compressed
        else:
            # nginx tells copies apart by their second and their length.
            modified = max(modified, earlier.modified + 1) if earlier else modified
            quality = SMALL if len(body) <= LARGE else FAST
            compressed = {name: compress(body, name, quality) for name in (BR, GZIP)}
        return cls(
            path=path,
            build=build,
            epoch=numbers[EPOCH],
            slots=slots,
            marks=[numbers[slot] for slot in slots],
            made_at=now,
            modified=modified,
            etag=digest,
            length=len(body),
            headers=[[k, v] for k, v in response.items() if k.lower() not in OWN_HEADERS],
            compressed=compressed,
        )

    def is_current(self, generations: Generations, build: str) -> bool:
        """Whether nothing that it shows has changed since it was made."""
        everything, numbers = generations.all, generations.numbers
        current = (
            self.build == build
            and self.epoch == generations.epoch
            and self.marks == [numbers[slot] for slot in self.slots]
            and 0 <= time.time() - self.made_at < MAX_AGE_SECONDS
        )
        self.seen = everything if current else 0
        return current

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return sum(len(body) for body in self.compressed.values()) + 4096

    @property
    def is_html(self) -> bool:
        return any(k == "Content-Type" and v.startswith("text/html") for k, v in self.headers)

    def body(self, name: str) -> bytes:
        if name == IDENTITY:
            # Almost nobody asks for it.
            return gzip.decompress(self.compressed[GZIP])
        return self.compressed[name]

    def answer(self, name: str) -> Answer:
        if name not in self.answers:
            etag = f'"{self.etag}-{name}"'
            common = [
                ("ETag", etag),
                ("Last-Modified", http_date(self.modified)),
                ("Cache-Control", CACHE_CONTROL),
                ("Vary", "Accept-Encoding"),
            ]
            length = self.length if name == IDENTITY else len(self.compressed[name])
            about = [(k, v) for k, v in self.headers]
            encoding = [] if name == IDENTITY else [("Content-Encoding", name)]
            whole = [*about, *encoding, ("Content-Length", str(length)), *common]
            # A copy that is known takes over what a 304 says (RFC 9110, section 15.4.5).
            known = [*(pair for pair in about if pair[0] != "Content-Type"), *common]
            self.answers[name] = Answer(etag, whole, known)
        return self.answers[name]

    def reply(self, environ: dict[str, Any]) -> tuple[HTTPStatus, Headers, bytes]:
        name = coding(environ)
        answer = self.answer(name)
        if has_already(environ, answer.etag, self.modified):
            return HTTPStatus.NOT_MODIFIED, answer.headers_if_known, b""
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body(name)
        return HTTPStatus.OK, answer.headers, body

    def send(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a WSGI request."""
        status, headers, body = self.reply(environ)
        start_response("200 OK" if status == HTTPStatus.OK else "304 Not Modified", headers)
        return [body]

    def response(self, environ: dict[str, Any]) -> HttpResponse:
        """The same answer for Django's handler to send."""
        status, headers, body = self.reply(environ)
        kind = HttpResponse if status == HTTPStatus.OK else HttpResponseNotModified
        return kind(body, headers=dict(headers))

    def to_bytes(self) -> bytes:
        bodies = [self.compressed[name] for name in CODINGS if name != IDENTITY]
        about = asdict(self) | {"lengths": [len(body) for body in bodies]}
        for name in ("compressed", "seen", "answers"):
            del about[name]
        rest = b"\n".join([json.dumps(about).encode(), b"".join(bodies)])
        return b"\n".join([VERSION, hashlib.sha256(rest).hexdigest().encode(), rest])

    @classmethod
    def from_bytes(cls, data: bytes) -> Page:
        """Raise Damaged if these are not exactly the bytes that were written."""
        version, _, data = data.partition(b"\n")
        checksum, _, rest = data.partition(b"\n")
        if version != VERSION or hashlib.sha256(rest).hexdigest().encode() != checksum:
            raise Damaged
        about, _, bodies = rest.partition(b"\n")
        values = json.loads(about)
        first, second = values.pop("lengths")
        compressed = {BR: bodies[:first], GZIP: bodies[first : first + second]}
        return cls(**values, compressed=compressed)
