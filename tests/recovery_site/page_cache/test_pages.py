import json

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse

from recovery_site.http.negotiation import BR, FAST, SMALL, compress
from recovery_site.page_cache import pages
from recovery_site.page_cache.pages import CachedPage, is_public, uncacheable_reason

BODY = "<h1>Words about recovery</h1>" * 40


def make(body=BODY, earlier=None, **headers):
    return CachedPage.from_response("/a/", HttpResponse(body, headers=headers), earlier)


def test_page_survives_the_way_to_disk_and_back():
    page = make(**{"X-Frame-Options": "DENY"})
    again = CachedPage.from_description(json.loads(page.description()), page.compressed)
    assert again == page
    assert again.body("identity").decode() == BODY


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_any_changed_byte_is_noticed(coding):
    page = make()
    for place in range(len(page.compressed[coding])):
        broken = bytearray(page.compressed[coding])
        broken[place] ^= 1
        with pytest.raises(ValueError, match="damaged"):
            CachedPage.from_description(
                json.loads(page.description()), page.compressed | {coding: bytes(broken)}
            )


def test_page_is_public_if_its_view_says_so():
    assert is_public(HttpResponse("x", headers={"Cache-Control": "public, max-age=0"}))
    assert not is_public(HttpResponse("x"))
    assert not is_public(HttpResponse("x", status=404, headers={"Cache-Control": "public"}))


def test_every_coding_has_a_tag_of_its_own():
    page = make()
    assert len({page.encoded(coding).etag for coding in ("br", "gzip", "identity")}) == 3


def test_other_words_have_other_tags_and_a_later_time():
    first = make()
    same = make(earlier=first)
    other = make(BODY + "!", earlier=first)
    assert (same.digest, same.modified) == (first.digest, first.modified)
    assert other.digest != first.digest
    assert other.modified > first.modified


def test_answer_says_what_a_cache_needs():
    headers = dict(make().encoded("br").headers)
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Encoding"] == "br"
    assert headers["Cache-Control"].startswith("public, max-age=0, stale-while-revalidate=")
    assert "stale-if-error=" in headers["Cache-Control"]
    assert headers["Last-Modified"].endswith("GMT")
    assert headers["ETag"].startswith('"')


def test_known_copy_is_told_what_may_have_changed_but_nothing_of_the_body():
    page = make(**{"Content-Security-Policy": "default-src 'none'"})
    known = dict(page.encoded("br").headers_not_modified)
    assert {"ETag", "Vary", "Cache-Control", "Last-Modified", "Content-Security-Policy"} <= set(
        known
    )
    assert not {"Content-Length", "Content-Type", "Content-Encoding"} & set(known)


def with_cookie():
    response = HttpResponse("x")
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (HttpResponse("x"), ""),
        (HttpResponse("x", headers={"Vary": "Accept-Encoding"}), ""),
        (with_cookie(), "sets a cookie"),
        (
            HttpResponse("x", headers={"Content-Security-Policy": "script-src 'nonce-abc'"}),
            "carries a nonce",
        ),
        (HttpResponse("x", headers={"Cache-Control": "no-store"}), "is private"),
        (HttpResponse("x", headers={"Cache-Control": "private, max-age=3"}), "is private"),
        (HttpResponse("x", headers={"Vary": "Cookie"}), "varies"),
        (HttpResponse("x", headers={"Vary": "Accept-Encoding, Accept-Language"}), "varies"),
        (HttpResponse("x", headers={"Content-Encoding": "gzip"}), "is encoded"),
        (StreamingHttpResponse(["x"]), "streams"),
    ],
)
def test_what_is_not_for_everybody_is_not_cached(response, reason):
    assert uncacheable_reason(response) == reason


def test_same_words_are_not_compressed_again(monkeypatch):
    first = make()
    monkeypatch.setattr(pages, "compress", None)
    assert make(earlier=first).compressed == first.compressed


def test_pages_are_compressed_well_and_long_lists_fast():
    long = "".join(f"<loc>https://example.org/articles/{n * n}/</loc>" for n in range(4000))
    for body, quality in ((BODY, SMALL), (long, FAST)):
        assert make(body).body(BR) == compress(body.encode(), BR, quality)
        assert brotli.decompress(make(body).body(BR)).decode() == body
    assert compress(long.encode(), BR, FAST) != compress(long.encode(), BR, SMALL)
    assert compress(BODY.encode(), BR, FAST) != compress(BODY.encode(), BR, SMALL)
