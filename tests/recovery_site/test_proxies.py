from ipaddress import ip_network

import pytest
from django.http import HttpResponse

from recovery_site.proxies import trust_proxies


@pytest.fixture
def seen(rf, settings):
    """The address and scheme header that views see, for META given."""
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1")]

    def look(**meta):
        request = rf.get("/", **meta)
        trust_proxies(lambda request: HttpResponse())(request)
        return request.META["REMOTE_ADDR"], request.META.get("HTTP_X_FORWARDED_PROTO")

    return look


def test_trusted_proxy_is_believed(seen):
    meta = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen(REMOTE_ADDR="10.0.0.1", **meta) == ("203.0.113.7", "https")


def test_stranger_is_not_believed(seen):
    meta = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen(REMOTE_ADDR="198.51.100.1", **meta) == ("198.51.100.1", None)


def test_invented_hops_left_of_the_real_one_are_ignored(seen):
    meta = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.7, 10.0.0.2"}
    assert seen(REMOTE_ADDR="10.0.0.1", **meta)[0] == "203.0.113.7"


@pytest.mark.parametrize("chain", ["", " , ", "nonsense"])
def test_damaged_chain_never_fails(seen, chain):
    assert seen(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=chain)[0]


def test_unix_socket_has_no_address(seen):
    assert seen(REMOTE_ADDR="")[0] == ""
