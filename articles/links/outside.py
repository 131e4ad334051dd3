"""Whether other websites show the pages that our texts link to."""

from __future__ import annotations

import ipaddress
import socket
import urllib.error
import urllib.request
from http.client import HTTPException
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

LONGEST_TRY_SECONDS = 10
# Refusals of programs, not of readers.
NOT_FOR_PROGRAMS = {401, 403, 406, 429, 503, 999}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A website must not lead this machine to an address of its own network."""

    def redirect_request(self, *args: object) -> None:
        return None


class SiteAnswers:
    """Asks each address once."""

    def __init__(self) -> None:
        self.known: dict[str, bool] = {}

    def __call__(self, url: str) -> bool:
        url = url.partition("#")[0]
        if url not in self.known:
            self.known[url] = _shows_page(url)
        return self.known[url]


def _shows_page(url: str) -> bool:
    if not is_on_the_internet(url):
        return False
    headers = {"User-Agent": "Mozilla/5.0 (check of links)"}
    opener = urllib.request.build_opener(_NoRedirect)
    for method in ("HEAD", "GET"):
        request = urllib.request.Request(_as_sent(url), method=method, headers=headers)  # noqa: S310
        try:
            with opener.open(request, timeout=LONGEST_TRY_SECONDS):
                return True
        except urllib.error.HTTPError as error:
            # Where it leads may need a browser; that it leads on is an answer.
            if 300 <= error.code < 400 or error.code in NOT_FOR_PROGRAMS:
                return True
            if method == "GET" or error.code in (404, 410):
                return False
        except (OSError, ValueError, HTTPException):
            return False
    return False


def _as_sent(url: str) -> str:
    """The address as a browser asks for it: without the spaces and accents that texts may have."""
    parts = urlsplit(url)
    return parts._replace(path=iri_to_uri(parts.path), query=iri_to_uri(parts.query)).geturl()


def is_on_the_internet(url: str) -> bool:
    """Whether `url` is of the web and on a machine of the public internet."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return False
    return all(ipaddress.ip_address(each[4][0]).is_global for each in found)
