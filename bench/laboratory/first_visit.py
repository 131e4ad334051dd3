"""Addresses that a browser fetches for a page that it has never seen, and their bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

from bench.laboratory.asking import Answer

# Bytes with headers; about what a server may send in the first round trip (RFC 6928).
LIMIT = 14 * 1024
MAX_REQUESTS = 4
FETCHED = {"stylesheet", "icon", "preload", "modulepreload"}
# Files that style sheets and scripts fetch in their turn.
FURTHER = re.compile(r"""(?:url\(|\bimport\s|\bfrom\s)\s*["']?((?:\.{0,2}/)[^"')\s]+)""")


class Fetched(NamedTuple):
    """One address, and the bytes of its answer with headers."""

    address: str
    size: int


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and FETCHED & set((values.get("rel") or "").split()):
            self.found.append(values.get("href") or "")
        elif tag in ("script", "img", "source", "iframe"):
            self.found.append(values.get("src") or "")


def first_visit(page: Answer, fetch: Callable[[str], Answer]) -> list[Fetched]:
    """The page and all files that it needs at once. Raises OSError if one does not come."""
    fetched = [Fetched(page.url, page.length)]
    links = _Links()
    links.feed(page.body.decode())
    rules = [value for name, value in page.headers if name.lower() == "speculation-rules"]
    waiting = [urljoin(page.url, link) for link in links.found if link]
    waiting += [urljoin(page.url, address.strip('"')) for address in rules]
    for address in waiting:
        if address.startswith("data:") or address in (known.address for known in fetched):
            continue
        answer = fetch(address)
        if answer.status != 200:
            raise OSError(f"{address}: status {answer.status}")
        fetched.append(Fetched(address, answer.length))
        if address.endswith((".css", ".js")):
            further = FURTHER.findall(answer.body.decode())
            waiting += [urljoin(address, link) for link in further]
    return fetched
