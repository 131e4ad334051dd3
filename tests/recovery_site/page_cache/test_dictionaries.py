"""A second page is read by the first (RFC 9842)."""

import base64
import hashlib

import pytest

from tests.factories import make_article, make_topic

BROWSER = "gzip, deflate, br, zstd, dcb, dcz"

zstandard = pytest.importorskip("zstandard", reason="the packages are not those of the lock file")


def named(answer):
    return f":{base64.b64encode(hashlib.sha256(answer.decoded).digest()).decode()}:"


def second(visitor, path, first, before="/faq/", **more):
    known = {
        "HTTP_ACCEPT_ENCODING": BROWSER,
        "HTTP_AVAILABLE_DICTIONARY": named(first),
        "HTTP_REFERER": f"http://localhost:8000{before}",
    }
    return visitor.ask(path, **(known | more))


@pytest.fixture
def first(visitor):
    make_article(title="Quiet rivers", slug="quiet", topic=make_topic())
    return visitor.ask("/faq/", HTTP_ACCEPT_ENCODING=BROWSER)


def test_second_page_is_sent_by_the_first_and_is_the_same(visitor, first):
    assert first.headers["Use-As-Dictionary"] == 'match="/*"'
    whole = visitor.ask("/articles/", HTTP_ACCEPT_ENCODING="br")
    answer = second(visitor, "/articles/", first)
    assert answer.headers["Content-Encoding"] == "dcz"
    assert answer.headers["Vary"] == "Accept-Encoding, Available-Dictionary"
    assert len(answer.body) == int(answer.headers["Content-Length"]) < 2000 < len(whole.body)
    assert answer.body[8:40] == hashlib.sha256(first.decoded).digest()
    dictionary = zstandard.ZstdCompressionDict(first.decoded, dict_type=1)
    plain = zstandard.ZstdDecompressor(dict_data=dictionary).decompress(answer.body[40:])
    assert plain == whole.decoded
    assert second(visitor, "/articles/", first, REQUEST_METHOD="HEAD").body == b""
    # A page whose first bytes are as large as a first visit may be cannot offer itself.
    assert "Use-As-Dictionary" not in visitor.ask("/articles/quiet/").headers


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_ACCEPT_ENCODING": "gzip, br, zstd"},
        {"HTTP_AVAILABLE_DICTIONARY": ":AAAA:"},
        {"HTTP_REFERER": "http://localhost:8000/articles/"},
        {"HTTP_REFERER": "http://localhost:8000/faq/../../etc/"},
        {"HTTP_REFERER": ""},
        {"HTTP_IF_NONE_MATCH": '"other"'},
    ],
)
def test_what_cannot_be_read_by_it_comes_whole(visitor, first, more):
    answer = second(visitor, "/articles/", first, **more)
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert "Quiet rivers" in answer.text


@pytest.mark.parametrize("path", ["/contact/", "/search/?q=heroin", "/admin/login/"])
def test_private_pages_neither_offer_nor_take_part(visitor, first, path):
    path, _, query = path.partition("?")
    answer = second(visitor, path, first, QUERY_STRING=query)
    assert "Use-As-Dictionary" not in answer.headers
    assert answer.headers.get("Content-Encoding") != "dcz"
