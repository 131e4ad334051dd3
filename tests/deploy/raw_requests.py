"""Requests that no browser sends, as bytes: of unclear length, cut, huge, of no known version."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl

from tests.deploy.machine import HOST

LAST = b"X-Forwarded-Proto: https\r\nConnection: close\r\n"
GET = f"GET /faq/ HTTP/1.1\r\nHost: {HOST}\r\n".encode()
POST = f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
# A second request, for whoever reads an unclear length in another way than the server before it.
HIDDEN = f"GET /hidden/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
# Whose length or end can be read in two ways, and others that are no requests.
UNCLEAR = {
    "length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 80\r\n\r\n",
    "a list of lengths": POST + b"Content-Length: 0, 80\r\n\r\n",
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +80\r\n\r\n",
    "a length in letters": POST + b"Content-Length: 0x50\r\n\r\n",
    "a length with a space in it": POST + b"Content-Length: 8 0\r\n\r\n",
    "a length beyond all numbers": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: cow\r\n\r\n0\r\n\r\n",
    "chunks before something else": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a name of two words": POST + b"Transfer Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a header on two lines": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a control character": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "NUL in a header": POST + b"Content-Length: 0\x00\r\n\r\n",
    "NUL in a name": POST + b"Content-\x00Length: 80\r\n\r\n",
    "NUL in the address": f"GET /faq/\x00 HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
    "a line that ends in CR": POST + b"X: a\rContent-Length: 80\r\n\r\n",
    "a size of a chunk below zero": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a size of a chunk in words": POST + b"Transfer-Encoding: chunked\r\n\r\nten\r\n\r\n",
    "a chunk beyond all numbers": POST
    + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n\r\n",
    "another version": f"GET /faq/ HTTP/3.7\r\nHost: {HOST}\r\n\r\n".encode(),
    "no words at all": bytes(range(256)),
    "a long address": b"GET /" + b"a" * 100_000 + f" HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
}
# Of which each server may make what it likes, but for answering for another site.
ODD = {
    "chunks twice": POST + b"Connection: close\r\n"
    b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "two hosts": GET + LAST + b"Host: evil.example\r\n\r\n",
    "no host": b"GET /faq/ HTTP/1.1\r\n" + LAST + b"\r\n",
    "no version": b"GET /faq/\r\n",
    "no colon": GET + LAST + b"X\r\n\r\n",
    "a long header": GET + LAST + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": GET + LAST + b"X: a\r\n" * 20_000 + b"\r\n",
    "another host as address": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n"
    + LAST
    + b"\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n" + LAST + b"\r\n",
    "an echo": POST.replace(b"POST", b"TRACE") + b"X-Secret: a\r\nConnection: close\r\n\r\n",
    "version 2 in the open": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


def said_to(connection: socket.socket, sent: bytes) -> bytes:
    """All that comes back for these bytes until the other side hangs up."""
    received = b""
    with contextlib.suppress(ssl.SSLError, ConnectionError):
        connection.sendall(sent)
        while part := connection.recv(65536):
            received += part
    return received


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"(?:^|\n)HTTP/1\.[01] (\d{3}) ", received)]
