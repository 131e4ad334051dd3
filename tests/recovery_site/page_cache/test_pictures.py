"""Pictures are kept as pages are, as they come and on the disk alone."""

from recovery_site.page_cache.refresh import refresh, refresh_own
from recovery_site.page_cache.warming import Warmer
from tests.factories import figure_of, make_article, make_picture

BROWSER = "gzip, deflate, br, zstd, dcb, dcz"


def shown_picture(slug="quiet"):
    picture = make_picture()
    article = make_article(slug=slug, body=figure_of(picture))
    return article, picture.address.path, bytes(picture.files.get(width=1440).content)


def test_picture_is_sent_as_it_is_and_without_the_database(
    visitor, cache, other_process, django_assert_num_queries
):
    _article, path, content = shown_picture()
    first = visitor.ask(path, HTTP_ACCEPT_ENCODING=BROWSER)
    assert (first.status, first.body) == (200, content)
    assert "Content-Encoding" not in first.headers
    assert first.headers["Content-Type"] == "image/webp"
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    tag = first.headers["ETag"]
    assert path not in cache.pages
    known = {"HTTP_AVAILABLE_DICTIONARY": ":AAAA:", "HTTP_REFERER": "http://localhost:8000/faq/"}
    with django_assert_num_queries(0):
        again = other_process.ask(path, HTTP_ACCEPT_ENCODING=BROWSER, **known)
        assert (again.status, again.body) == (200, content)
        assert other_process.ask(path, HTTP_IF_NONE_MATCH=tag).status == 304
        assert other_process.ask(path, "HEAD").body == b""


def test_nginx_finds_the_file_of_a_picture(visitor, folder):
    _article, path, content = shown_picture()
    visitor.ask(path)
    place = folder / "current" / path.strip("/")
    assert sorted(file.name for file in place.iterdir()) == ["page.json", "picture.webp"]
    assert (place / "picture.webp").read_bytes() == content


def test_pictures_are_made_with_the_pages_that_show_them(visitor, cache):
    _article, path, _content = shown_picture()
    refresh(cache)
    warmer = Warmer(visitor.application)
    warmer.begin()
    sizes = [each for each in warmer.waiting if each.startswith("/pictures/")]
    assert len(sizes) == 3
    assert path in sizes


def test_picture_stays_while_the_database_is_away(visitor, cache, database_goes):
    _article, path, content = shown_picture()
    refresh(cache)
    visitor.ask(path)
    make_article()
    refresh(cache)
    database_goes()
    assert visitor.ask(path).body == content


def test_picture_of_a_withdrawn_page_is_gone_also_while_the_database_is_away(
    visitor, cache, restarted, folder, database_goes
):
    article, path, _content = shown_picture()
    refresh(cache)
    assert visitor.ask(path).status == 200
    article.unpublish()
    refresh_own(cache)
    assert visitor.ask(path).status == 404
    assert not (folder / "current" / path.strip("/")).exists()
    database_goes()
    assert visitor.ask(path).status != 200
    assert restarted().ask(path).status != 200


def test_damaged_picture_is_made_again(visitor, folder):
    _article, path, content = shown_picture()
    visitor.ask(path)
    file = folder / "current" / path.strip("/") / "picture.webp"
    file.write_bytes(content[:-1] + b"?")
    assert visitor.ask(path).body == content
