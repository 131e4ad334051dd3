"""Content codings and conditional requests (RFC 9110, sections 12.5.3, 13.1 and 13.2)."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Any

import brotli
from django.utils.http import parse_http_date_safe

BR, GZIP, IDENTITY = "br", "gzip", "identity"
# The smallest first.
CODINGS = (BR, GZIP, IDENTITY)
LONGEST_HEADER = 300
# Brotli's quality for what is sent once, and for cached pages, compressed once for all visitors.
FAST, SMALL = 5, 10
GZIP_LEVEL = 6


def compress(body: bytes, name: str, quality: int = FAST) -> bytes:
    if name == BR:
        return brotli.compress(body, quality=quality)
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def coding(environ: dict[str, Any]) -> str:
    """The coding of the answer: one of CODINGS."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return best_coding(accepted) if len(accepted) <= LONGEST_HEADER else IDENTITY


@lru_cache(256)
def best_coding(accepted: str) -> str:
    """The coding with the highest weight, the smallest of equals; identity if none is accepted."""
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip().lower().replace("x-gzip", GZIP)] = _weight(parameter)
    others = weights.get("*", 0.0)
    best, highest = IDENTITY, weights.get(IDENTITY, 0.0)
    for name in (GZIP, BR):
        weight = weights.get(name, others)
        if weight > 0 and weight >= highest:
            best, highest = name, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.replace(" ", "").partition("=")
    if name.lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def has_already(environ: dict[str, Any], etag: str, modified: int) -> bool:
    """Whether the client's copy is the one with `etag`, or was made at `modified` (Unix time)."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        # Quotes are part of the tag, so it is not found inside another one.
        return known.strip() == "*" or etag in known
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if since is None:
        return False
    date = parse_http_date_safe(since)
    return date is not None and date >= modified
