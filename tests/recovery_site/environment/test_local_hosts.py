import socket

import pytest

from recovery_site.environment.local_hosts import reachable_hosts


@pytest.mark.parametrize("listen", ["127.0.0.1", "::1", "localhost"])
def test_server_for_this_machine_alone_is_at_localhost(listen):
    assert reachable_hosts(listen) == ["localhost"]


@pytest.mark.parametrize(
    ("listen", "host"), [("192.0.2.7", "192.0.2.7"), ("fd00::2", "[fd00::2]"), ("Desk", "desk")]
)
def test_server_on_one_address_is_reached_there_alone(listen, host):
    assert reachable_hosts(listen) == [host]


@pytest.mark.parametrize(("listen", "family"), [("0.0.0.0", socket.AF_INET), ("::", None)])
def test_server_on_all_addresses_is_reached_by_name_and_address(listen, family):
    local, name, *addresses = reachable_hosts(listen)
    assert (local, name) == ("localhost", socket.gethostname().lower())
    for address in addresses:
        assert not address.startswith(("127.", "[::1]", "0.0.0.0", "[::]"))
        if family:
            socket.inet_pton(family, address)


def test_machine_without_a_network_is_reached_by_its_name(monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert reachable_hosts("0.0.0.0") == ["localhost", socket.gethostname().lower()]
