"""A page compressed against the one that the browser showed before (RFC 9842).

Pages offer themselves as dictionaries. With its next request a browser names the hash of the one it
has; the page it comes from is in `Referer`, and serves if it still is the one with that hash.
Forms, searches and pages of staff are never cached pages, so they neither offer nor take part.
`python -m bench.second_page URL` prints what it brings: after the home page, a page takes 3.2 KB,
headers and all, instead of 10.1.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from recovery_site.http.negotiation import BR, IDENTITY

from .pages import CachedPage, Headers

# Optional: without it, the second page of a visit is larger.
zstandard: Any = import_module("zstandard") if find_spec("zstandard") else None

DCZ = "dcz"
# A skippable frame that holds the dictionary's hash (RFC 9842, section 5).
MAGIC = bytes.fromhex("5e2a4d1820000000")
# 0.2 ms a page; level 19 takes ten times as long for 4 % less.
LEVEL = 12
# Who has this very page already is told whether it changed.
CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}
_addresses = re.compile(r"/(?:[a-z0-9_-]+/)*")


def page_by_dictionary(
    page: CachedPage, environ: dict[str, Any], find: Callable[[str], CachedPage | None]
) -> tuple[Headers, bytes] | None:
    """Headers and bytes of `page`, if the browser has a page to read it by that we have, too."""
    named = environ.get("HTTP_AVAILABLE_DICTIONARY", "")
    if (
        zstandard is None
        or page.is_picture
        or not named
        or not environ.keys().isdisjoint(CONDITIONS)
    ):
        return None
    accepted = re.split(r"[,\s]+", environ.get("HTTP_ACCEPT_ENCODING", "")[:300].lower())
    path = urlsplit(environ.get("HTTP_REFERER", "")[:500]).path
    if DCZ not in accepted or not _addresses.fullmatch(path):
        return None
    before = find(path)
    body = _compressed(page, before, named) if before else b""
    if not body:
        return None
    # Without a tag: who asks again tells the date, whatever coding the page came in.
    own = {"Content-Encoding": DCZ, "Content-Length": str(len(body))}
    own["Vary"] = "Accept-Encoding, Available-Dictionary"
    headers = dict(page.encoded(BR).headers) | own
    del headers["ETag"]
    return list(headers.items()), b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def _compressed(page: CachedPage, before: CachedPage, named: str) -> bytes:
    """Nothing unless the hash of `before` is the one that was named."""
    known = before.body(IDENTITY)
    digest = hashlib.sha256(known).digest()
    if named != f":{base64.b64encode(digest).decode()}:":
        return b""
    dictionary = zstandard.ZstdCompressionDict(known, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
    return MAGIC + digest + compressor.compress(page.body(IDENTITY))
