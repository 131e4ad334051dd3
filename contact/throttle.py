"""A brake for floods of posts. It never keeps an address, and never ends in a dead end."""

from __future__ import annotations

import ipaddress
import logging

from django.core.cache import cache
from django.http import HttpRequest

from .encryption import keyed_hash

logger = logging.getLogger(__name__)

# Many people share one address: shelters, libraries, phone networks.
POSTS = 30
SECONDS = 600


def allows(request: HttpRequest) -> bool:
    """Count this post; say whether its sender is within POSTS in SECONDS."""
    key = f"contact:{keyed_hash('throttle', network(request.META.get('REMOTE_ADDR', ''))).hex()}"
    try:
        cache.add(key, 0, timeout=SECONDS)
        return cache.incr(key) <= POSTS
    except Exception as error:  # noqa: BLE001 - a broken cache must not keep anyone out
        logger.warning("throttle is off (%s)", type(error).__name__)
        return True


def network(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 household gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
