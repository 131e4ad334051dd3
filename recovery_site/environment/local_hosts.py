"""Hosts under which a site that is tried out on one machine answers to others in its network."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ANY_IPV4, ANY_IPV6 = "0.0.0.0", "::"  # noqa: S104 - compared, not bound
# Addresses for documentation (RFC 5737, RFC 3849): nobody is behind them.
FAR_AWAY = {socket.AF_INET: "198.51.100.1", socket.AF_INET6: "2001:db8::1"}


def reachable_hosts(listen: str) -> list[str]:
    """Hosts, as a URL writes them, that reach a server listening on the address `listen`."""
    if listen not in (ANY_IPV4, ANY_IPV6):
        host = _in_url(listen)
        return ["localhost"] if host in LOCAL_HOSTS else [host]
    families = [socket.AF_INET, socket.AF_INET6] if listen == ANY_IPV6 else [socket.AF_INET]
    addresses = [each for family in families for each in _own_addresses(family)]
    return list(dict.fromkeys(["localhost", *map(_in_url, [socket.gethostname(), *addresses])]))


def _own_addresses(family: socket.AddressFamily) -> Iterator[str]:
    """This machine's address on the way to the internet, then those of its own name."""
    # Connecting a UDP socket sends nothing; it only chooses the interface.
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((FAR_AWAY[family], 9))
        yield str(probe.getsockname()[0])
    with suppress(OSError):
        for *_rest, address in socket.getaddrinfo(socket.gethostname(), None, family):
            if not ip_address(address[0]).is_loopback:
                yield str(address[0])


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()
