"""Rate limits, counted in the cache under keyed hashes: no address is stored."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest

from .keys import ShortLived, short_lived_hash

logger = logging.getLogger(__name__)

# Many people share one address: shelters, libraries, phone networks.
USUAL_POSTS = 30
# As many can be one person's prank: what comes after them moves nobody else's promise.
COUNTED_POSTS = 5
# What a network may send all the same once somebody there pressed a second time.
MOST_POSTS = 300
POSTS_WINDOW = 600


def allows(
    request: HttpRequest,
    purpose: str,
    posts: int = USUAL_POSTS,
    seconds: int = POSTS_WINDOW,
) -> bool:
    """Count this post; return whether its network sent at most `posts` in `seconds`."""
    address = request.META.get("REMOTE_ADDR", "")
    return allows_subject(purpose, network(address), posts, seconds)


def allows_subject(purpose: str, subject: str, posts: int, seconds: int) -> bool:
    """Count once more for `subject`; return whether the count is within `posts`."""
    return increment(_key(purpose, subject), seconds) <= posts


def key_of_network(request: HttpRequest) -> str:
    """Return the key under which the callback requests of the sender's network are counted."""
    return _key("callback", network(request.META.get("REMOTE_ADDR", "")))


def increment(key: str, seconds: int) -> int:
    """Count once more under `key`, for `seconds`; return the count, or 0 if the cache is down."""

    def counted() -> int:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key))

    return _unless_down(counted)


def current_count(key: str) -> int:
    """Return the count without changing it; 0 if the cache is down."""
    return _unless_down(lambda: int(cache.get(key, 0)))


def reset(key: str) -> None:
    _unless_down(lambda: int(cache.delete(key)))


def _key(purpose: str, subject: str) -> str:
    digest = short_lived_hash(ShortLived.THROTTLE, f"throttle {purpose}", subject)
    return f"throttle:{digest.hex()}"


def _unless_down(ask: Callable[[], int]) -> int:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a broken cache must keep nobody out
        logger.warning("throttle is off (%s)", type(error).__name__)
        return 0


def network(address: str) -> str:
    """Return an IPv4 address as it is, an IPv6 address as the /64 of its household."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return f"{ipaddress.IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
