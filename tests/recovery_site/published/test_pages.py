import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse

from recovery_site.published import pages
from recovery_site.published.generations import Generations
from recovery_site.published.negotiation import BR, FAST, SMALL, compress
from recovery_site.published.pages import Damaged, Page, unfit

BODY = "<h1>Words about recovery</h1>" * 40


@pytest.fixture
def counters(tmp_path):
    return Generations(tmp_path)


@pytest.fixture
def make(counters):
    def make(body=BODY, earlier=None, tags=("article:5",), **headers):
        response = HttpResponse(body, headers=headers)
        numbers = counters.now()
        return Page.of(
            "/a/", response, tags=list(tags), numbers=numbers, build="b", earlier=earlier
        )

    return make


def test_page_survives_the_way_to_disk_and_back(make):
    page = make(**{"X-Frame-Options": "DENY"})
    again = Page.from_bytes(page.to_bytes())
    assert again == page
    for coding in ("br", "gzip", "identity"):
        assert again.body(coding) == page.body(coding)
    assert again.body("identity").decode() == BODY


def test_any_changed_byte_is_noticed(make):
    whole = make().to_bytes()
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 1
        with pytest.raises(Damaged):
            Page.from_bytes(bytes(broken))


@pytest.mark.parametrize("end", [0, 1, 40, -1])
def test_half_a_page_is_noticed(make, end):
    with pytest.raises(Damaged):
        Page.from_bytes(make().to_bytes()[:end])


def test_every_coding_has_a_tag_of_its_own(make):
    page = make()
    assert len({page.answer(coding).etag for coding in ("br", "gzip", "identity")}) == 3


def test_other_words_have_other_tags_and_a_later_time(make):
    first = make()
    same = make(earlier=first)
    other = make(BODY + "!", earlier=first)
    assert (same.etag, same.modified) == (first.etag, first.modified)
    assert other.etag != first.etag
    assert other.modified > first.modified


def test_answer_says_what_a_cache_needs(make):
    headers = dict(make().answer("br").headers)
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Encoding"] == "br"
    assert headers["Cache-Control"].startswith("public, max-age=0, stale-while-revalidate=")
    assert "stale-if-error=" in headers["Cache-Control"]
    assert headers["Last-Modified"].endswith("GMT")
    assert headers["ETag"].startswith('"')


def test_known_copy_is_told_what_may_have_changed_but_nothing_of_the_body(make):
    page = make(**{"Content-Security-Policy": "default-src 'none'"})
    known = dict(page.answer("br").headers_if_known)
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
def test_what_is_not_for_everybody_is_unfit(response, reason):
    assert unfit(response) == reason


def test_page_is_current_until_one_of_its_tags_changes(make, counters):
    page = make(tags=("article:5", "topic:2"))
    for tag, is_current in (("article:6", True), ("helplines", True), ("topic:2", False)):
        with counters.locked():
            counters.count([tag], 1, bool)
        assert page.is_current(counters, "b") is is_current
    assert not make().is_current(counters, "another build")


def test_page_that_is_a_day_old_is_not_current(make, counters):
    page = make()
    page.made_at -= 24 * 3600
    assert not page.is_current(counters, "b")


def test_same_words_are_not_compressed_again(make, monkeypatch):
    first = make()
    monkeypatch.setattr(pages, "compress", None)
    assert make(earlier=first).compressed == first.compressed


def test_pages_are_compressed_well_and_long_lists_fast(make):
    long = "".join(f"<loc>https://example.org/articles/{n * n}/</loc>" for n in range(4000))
    for body, quality in ((BODY, SMALL), (long, FAST)):
        assert make(body).body(BR) == compress(body.encode(), BR, quality)
        assert brotli.decompress(make(body).body(BR)).decode() == body
    assert compress(long.encode(), BR, FAST) != compress(long.encode(), BR, SMALL)
    assert compress(BODY.encode(), BR, FAST) != compress(BODY.encode(), BR, SMALL)
