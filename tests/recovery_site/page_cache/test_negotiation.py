import pytest

from recovery_site.http.negotiation import best_coding, coding, has_already


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("br; q=0.2, gzip; q=0.8", "gzip"),
        ("br;q=0.5,gzip;q=0.5", "br"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0", "identity"),
        ("identity;q=0, deflate", "identity"),
        ("br;q=nonsense", "identity"),
        ("br;q=2", "identity"),
        ("br;q=-1", "identity"),
        ("br;q=nan", "identity"),
        (",,;;=", "identity"),
        ("brotli, gzipped", "identity"),
        ("gzip;Q=0", "identity"),
    ],
)
def test_coding_is_the_heaviest_then_the_smallest(accepted, chosen):
    assert best_coding(accepted) == chosen


def test_endless_header_is_not_read_nor_remembered():
    before = best_coding.cache_info().currsize
    assert coding({"HTTP_ACCEPT_ENCODING": "br," * 200}) == "identity"
    assert best_coding.cache_info().currsize == before


@pytest.mark.parametrize(
    ("headers", "known"),
    [
        ({}, False),
        ({"HTTP_IF_NONE_MATCH": '"abc-br"'}, True),
        ({"HTTP_IF_NONE_MATCH": 'W/"abc-br"'}, True),
        ({"HTTP_IF_NONE_MATCH": '"x", "abc-br"'}, True),
        ({"HTTP_IF_NONE_MATCH": "*"}, True),
        ({"HTTP_IF_NONE_MATCH": '"abc-gzip"'}, False),
        ({"HTTP_IF_NONE_MATCH": "abc-br"}, False),
        ({"HTTP_IF_MODIFIED_SINCE": "Sun, 06 Nov 1994 08:49:37 GMT"}, True),
        ({"HTTP_IF_MODIFIED_SINCE": "Sun, 06 Nov 1994 08:49:36 GMT"}, False),
        ({"HTTP_IF_MODIFIED_SINCE": "yesterday"}, False),
        # The tag, where there is one, is believed alone (RFC 9110, section 13.1.3).
        (
            {
                "HTTP_IF_NONE_MATCH": '"old"',
                "HTTP_IF_MODIFIED_SINCE": "Sun, 06 Nov 2044 08:49:37 GMT",
            },
            False,
        ),
    ],
)
def test_client_that_has_the_page_is_recognised(headers, known):
    assert has_already(headers, '"abc-br"', 784111777) is known
