"""A brake for floods of posts. It never keeps an address, and never ends in a dead end."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest

from .encryption import keyed_hash

logger = logging.getLogger(__name__)

# Many people share one address: shelters, libraries, phone networks.
POSTS = 30
SECONDS = 600


def allows(
    request: HttpRequest, purpose: str = "callback", posts: int = POSTS, seconds: int = SECONDS
) -> bool:
    """Count this post; say whether its sender's network is within `posts` in `seconds`."""
    address = request.META.get("REMOTE_ADDR", "")
    return is_within(purpose, network(address), posts, seconds)


def is_within(purpose: str, who: str, posts: int, seconds: int) -> bool:
    """Count once more for `who`, whatever that is; say whether it is within the limit."""
    return count(f"throttle:{keyed_hash(f'throttle {purpose}', who).hex()}", seconds) <= posts


def count(key: str, seconds: int) -> int:
    """How often this was called for `key` in `seconds`; 0 where nothing can be counted."""

    def counted() -> int:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key))

    return _tried(counted)


def counted(key: str) -> int:
    """How often it was counted so far."""
    return _tried(lambda: int(cache.get(key, 0)))


def forget(key: str) -> None:
    _tried(lambda: int(cache.delete(key)))


def _tried(ask: Callable[[], int]) -> int:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a broken cache must not keep anyone out
        logger.warning("throttle is off (%s)", type(error).__name__)
        return 0


def network(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 household gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
