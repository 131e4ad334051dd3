"""One public page: its bytes in every coding, and the answers made of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from recovery_site.http.negotiation import (
    BR,
    FAST,
    GZIP,
    IDENTITY,
    SMALL,
    coding,
    compress,
    has_already,
)

# Ask again each time; a copy may be shown while asking, and for a day if we do not answer.
CACHE_CONTROL = "public, max-age=0, stale-while-revalidate=30, stale-if-error=86400"
# The address of a picture names its bytes. A day, since its page may be taken off the site.
PICTURE_CACHE_CONTROL = "public, max-age=86400"
PICTURE_TYPE = "image/webp"
# Bytes. A larger page is compressed fast, because a visitor waits for it.
LARGE = 96 * 1024
# Headers made anew for every answer.
OWN_HEADERS = {"content-length", "etag", "vary", "cache-control", "last-modified"}
# Further pages may be read by this one (`dictionaries.py`). Articles have no room to say so.
DICTIONARY = ("Use-As-Dictionary", 'match="/*"')
# Which links a browser may fetch as soon as they are pressed (`prefetching.py`). Articles neither.
PREFETCHING = ("Speculation-Rules", '"/prefetch.json"')
Headers = list[tuple[str, str]]


class EncodedResponse(NamedTuple):
    """The entity tag and the headers of a page in one coding."""

    etag: str
    headers: Headers
    headers_not_modified: Headers


def is_public(response: HttpResponseBase) -> bool:
    """Whether the view says that any cache may keep it (RFC 9111, section 5.2.2.9)."""
    return response.status_code == 200 and "public" in response.get("Cache-Control", "")


def uncacheable_reason(response: HttpResponseBase) -> str:
    """Why no other visitor may get this answer; empty if others may."""
    caching = response.get("Cache-Control", "")
    reasons = {
        "streams": response.streaming,
        "sets a cookie": bool(response.cookies),
        "carries a nonce": "'nonce-" in response.get("Content-Security-Policy", ""),
        "is private": "no-store" in caching or "private" in caching,
        "varies": response.get("Vary", "Accept-Encoding").lower() != "accept-encoding",
        "is encoded": response.has_header("Content-Encoding"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


@dataclass(slots=True)
class CachedPage:
    path: str
    # Hash of the body, in hexadecimal.
    digest: str
    length: int
    # When these bytes were first sent, in Unix time.
    modified: int
    headers: Headers
    compressed: dict[str, bytes] = field(repr=False)
    responses: dict[str, EncodedResponse] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_response(cls, path: str, response: Any, earlier: CachedPage | None) -> CachedPage:
        """Make a page of `response`; the same body takes over the bytes of `earlier`."""
        body = response.content
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        headers = [(k, v) for k, v in response.items() if k.lower() not in OWN_HEADERS]
        if earlier and earlier.digest == digest:
            return cls(path, digest, len(body), earlier.modified, headers, earlier.compressed)
        modified = int(time.time())
        if earlier:
            # nginx tells copies apart by their second and their length.
            modified = max(modified, earlier.modified + 1)
        if response["Content-Type"] == PICTURE_TYPE:
            # It is compressed as it is.
            return cls(path, digest, len(body), modified, headers, {IDENTITY: body})
        quality = SMALL if len(body) <= LARGE else FAST
        compressed = {name: compress(body, name, quality) for name in (BR, GZIP)}
        return cls(path, digest, len(body), modified, headers, compressed)

    @property
    def size(self) -> int:
        """About how many bytes of memory the page takes."""
        return sum(len(body) for body in self.compressed.values()) + 4096

    @property
    def is_picture(self) -> bool:
        return IDENTITY in self.compressed

    @property
    def codings(self) -> tuple[str, ...]:
        """In which codings it is kept."""
        return (IDENTITY,) if self.is_picture else (IDENTITY, GZIP, BR)

    @property
    def is_html(self) -> bool:
        return any(k == "Content-Type" and v.startswith("text/html") for k, v in self.headers)

    def body(self, name: str) -> bytes:
        if name == IDENTITY and not self.is_picture:
            # Rarely asked for, so it is not kept.
            return gzip.decompress(self.compressed[GZIP])
        return self.compressed[name]

    def encoded(self, name: str) -> EncodedResponse:
        if name not in self.responses:
            etag = f'"{self.digest}-{name}"'
            common = [
                ("ETag", etag),
                ("Last-Modified", http_date(self.modified)),
                ("Cache-Control", PICTURE_CACHE_CONTROL if self.is_picture else CACHE_CONTROL),
                ("Vary", "Accept-Encoding"),
            ]
            if self.is_html and not re.fullmatch("/articles/[^/]+/", self.path):
                common += [DICTIONARY, PREFETCHING]
            length = self.length if name == IDENTITY else len(self.compressed[name])
            encoding = [] if name == IDENTITY else [("Content-Encoding", name)]
            whole = [*self.headers, *encoding, ("Content-Length", str(length)), *common]
            # The client's copy takes over the headers of a 304 (RFC 9110, section 15.4.5).
            known = [*(pair for pair in self.headers if pair[0] != "Content-Type"), *common]
            self.responses[name] = EncodedResponse(etag, whole, known)
        return self.responses[name]

    def answer(self, environ: dict[str, Any]) -> tuple[HTTPStatus, Headers, bytes]:
        name = IDENTITY if self.is_picture else coding(environ)
        encoded = self.encoded(name)
        if has_already(environ, encoded.etag, self.modified):
            return HTTPStatus.NOT_MODIFIED, encoded.headers_not_modified, b""
        body = b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body(name)
        return HTTPStatus.OK, encoded.headers, body

    def send(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a WSGI request."""
        status, headers, body = self.answer(environ)
        start_response("200 OK" if status == HTTPStatus.OK else "304 Not Modified", headers)
        return [body]

    def respond(self, environ: dict[str, Any]) -> HttpResponse:
        """Answer a request that Django handles."""
        status, headers, body = self.answer(environ)
        kind = HttpResponse if status == HTTPStatus.OK else HttpResponseNotModified
        return kind(body, headers=dict(headers))

    def description(self) -> str:
        """The page without its bytes, as JSON, with checksums of them."""
        checks = {name: _checksum(body) for name, body in self.compressed.items()}
        return json.dumps(
            {
                "path": self.path, "digest": self.digest, "length": self.length,
                "modified": self.modified, "headers": self.headers, "checks": checks,
            }
        )  # fmt: skip

    @classmethod
    def from_description(cls, values: dict[str, Any], compressed: dict[str, bytes]) -> CachedPage:
        """Raise ValueError if these are not exactly the bytes that were described."""
        if values["checks"] != {name: _checksum(body) for name, body in compressed.items()}:
            raise ValueError("damaged")
        headers = [(k, v) for k, v in values["headers"]]
        own = {name: values[name] for name in ("path", "digest", "length", "modified")}
        return cls(**own, headers=headers, compressed=compressed)


def _checksum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
