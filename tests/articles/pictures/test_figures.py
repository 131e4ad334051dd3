import pytest
from django.core.exceptions import ValidationError

from articles.pictures.addresses import PictureAddress, parse_src, with_prefix
from articles.pictures.figures import pictures_in, refuse_foreign_pictures
from articles.text import markup
from recovery_site.http.inline_assets import without_indents

DIGEST = "0123456789abcdef" * 2
PATH = f"/pictures/{DIGEST}/1440x721.webp"
IMAGE = f'<img src="{PATH}" alt="A path in the desert">'
FIGURE = f"<figure>{IMAGE}</figure>"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (FIGURE, FIGURE),
        (f"<p>a</p>{FIGURE}<p>b</p>", f"<p>a</p>{FIGURE}<p>b</p>"),
        (IMAGE, FIGURE),
        (f"<p>a {IMAGE} b</p>", f"<p>a </p>{FIGURE} b<p></p>"),
        (FIGURE.replace("/pictures/", "/admin/pictures/"), FIGURE),
        (
            FIGURE.replace("<img ", '<img class="x" style="y" width="9" onerror="alert(1)" '),
            FIGURE,
        ),
        (FIGURE.replace("A path in the desert", ""), f'<figure><img src="{PATH}" alt=""></figure>'),
        (FIGURE.replace(' alt="A path in the desert"', ""), f'<figure><img src="{PATH}"></figure>'),
        (
            f"<figure>{IMAGE}<figcaption>By <em>day</em><p>and night</p></figcaption></figure>",
            f"<figure>{IMAGE}<figcaption>By <em>day</em> and night</figcaption></figure>",
        ),
        (f"<figure>{IMAGE}<figcaption> </figcaption></figure>", FIGURE),
        ("<figure><img src='https://elsewhere.example/a.png'></figure>", ""),
        (
            "<figure><img src='/static/a.png'><figcaption>Words</figcaption></figure>",
            "<p>Words</p>",
        ),
        ("<figure><img src='data:image/png;base64,AAAA'><p>Words</p></figure>", "<p>Words</p>"),
        (f"<figure><figure>{IMAGE}</figure><p>Words</p></figure>", f"{FIGURE}<p>Words</p>"),
        ("<figure><p>No picture</p></figure>", "<p>No picture</p>"),
        (
            f"<figure>{IMAGE}{IMAGE}<figcaption>Both</figcaption></figure>",
            f"<figure>{IMAGE}<figcaption>Both</figcaption></figure>{FIGURE}",
        ),
        ("<figcaption>Lost</figcaption>", "Lost"),
    ],
)
def test_pictures_have_one_shape_and_words_stay(typed, kept):
    assert markup.sanitise(typed) == kept
    assert markup.sanitise(kept) == kept


def test_text_of_a_picture_cannot_leave_its_attribute():
    typed = f'<img src="{PATH}" alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;quot;">'
    body = markup.sanitise(typed)
    assert pictures_in(body)[0].alt == '"><script>alert(1)</script> &quot;'
    for html in (body, markup.render(body).html):
        assert "<script" not in html
        assert html.count("<") == 3
    assert markup.sanitise(body) == body


@pytest.mark.parametrize(
    "src",
    [
        f"/pictures/{DIGEST}/0x1.webp",
        f"/pictures/{DIGEST}/01x1.webp",
        f"/pictures/{DIGEST}/1x1.webp?x",
        f"/pictures/{DIGEST}/1x1.webp\n",
        f"//elsewhere.example/pictures/{DIGEST}/1x1.webp",
        f"/pictures/{DIGEST.upper()}/1x1.webp",
        f"/pictures/../{DIGEST}/1x1.webp",
    ],
)
def test_only_our_addresses_are_pictures(src):
    assert parse_src(src) is None
    with pytest.raises(ValidationError):
        refuse_foreign_pictures(f'<img src="{src}" alt="">')


def test_page_says_how_large_a_picture_is_and_in_which_sizes():
    html = markup.render(FIGURE).html
    assert 'width="1440" height="721" alt="A path in the desert" loading="lazy"' in html
    for width, height in ((480, 240), (960, 481), (1440, 721)):
        assert f"/pictures/{DIGEST}/{width}x{height}.webp {width}w" in html
    assert without_indents(html) == html


def test_small_picture_has_one_size():
    small = PictureAddress(DIGEST, 300, 200)
    assert small.all_sizes == [small]
    assert "srcset" not in markup.render(f'<figure><img src="{small.path}" alt=""></figure>').html


def test_only_addresses_of_pictures_are_changed_for_staff():
    html = markup.render(FIGURE).html
    early = with_prefix(html)
    assert early.count("/admin/pictures/") == html.count("/pictures/") == 4
    words = "<p>See /pictures/ and /pictures/abc/1x1.webp</p>"
    assert with_prefix(words) == words
