import shutil
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_network

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse

from contact.models import Helpline
from recovery_site import views
from recovery_site.models import ContentVersion
from recovery_site.page_cache import handler as module
from recovery_site.page_cache.cache import PageCache
from recovery_site.page_cache.handler import PageCacheHandler, make_application
from recovery_site.page_cache.refresh import refresh, refresh_own
from tests.factories import make_article, make_helpline

from .visitor import Visitor

GZIP = {"HTTP_ACCEPT_ENCODING": "gzip"}


@pytest.fixture
def line(cache):
    """A help line that the page shows."""
    line = make_helpline(name="Night line", phone="602-555-0142")
    refresh(cache)
    return line


@pytest.fixture
def outdate(cache):
    """Call it, and every page has to be made anew."""

    def outdate():
        ContentVersion.raise_number()
        refresh(cache)

    return outdate


def files_of(folder, name="*"):
    return [file for file in folder.rglob(name) if file.is_file()]


def test_second_visitor_needs_no_database(visitor, line, django_assert_num_queries):
    first = visitor.ask("/help-now/")
    with django_assert_num_queries(0):
        second = visitor.ask("/help-now/")
    assert second == first
    assert first.status == 200
    assert "Night line" in second.text


@pytest.mark.parametrize("accepted", ["br", "gzip", "", "br;q=0, gzip;q=0.1"])
def test_words_are_the_same_in_every_coding(visitor, line, accepted):
    plain = visitor.ask("/help-now/")
    coded = visitor.ask("/help-now/", HTTP_ACCEPT_ENCODING=accepted)
    assert coded.text == plain.text
    assert int(coded.headers["Content-Length"]) == len(coded.body)
    assert coded.headers["Vary"] == "Accept-Encoding"


def test_head_says_what_get_would_and_has_no_body(visitor, line):
    for _ in ("made", "from memory"):
        head = visitor.ask("/help-now/", "HEAD", **GZIP)
        get = visitor.ask("/help-now/", **GZIP)
        assert head.body == b""
        assert (head.status, head.headers) == (get.status, get.headers)


def test_known_page_is_not_sent_again(visitor, cache, line):
    for coding in ("br", "gzip", "identity"):
        asked = {"HTTP_ACCEPT_ENCODING": coding}
        etag = visitor.ask("/help-now/", **asked).headers["ETag"]
        for _ in ("from memory", "from disk"):
            known = visitor.ask("/help-now/", HTTP_IF_NONE_MATCH=etag, **asked)
            assert (known.status, known.body, known.headers["ETag"]) == (304, b"", etag)
            assert "Content-Type" not in known.headers
            cache.pages.clear()


def test_headers_of_a_kept_page_are_those_that_django_sends(visitor, line, client):
    own = {"Cache-Control", "Content-Length", "Vary"}
    plain = {k: v for k, v in client.get("/help-now/").headers.items() if k not in own}
    for _ in ("made", "from memory"):
        assert plain.items() <= visitor.ask("/help-now/").headers.items()


def test_query_string_changes_nothing_and_fills_nothing(visitor, cache, line):
    cold = visitor.ask("/help-now/", query="utm_source=letter&q=x")
    assert "utm_source" not in cold.text
    for n in range(20):
        assert visitor.ask("/help-now/", query=f"fbclid={n}") == cold
    assert list(cache.pages) == ["/help-now/"]


@pytest.mark.parametrize("path", ["/articles/", "/sitemap.xml"])
def test_no_view_of_a_public_page_gets_the_query_string(visitor, monkeypatch, path):
    given = []

    def get_response(handler, request):
        given.append(request.GET.dict())
        return HttpResponse()

    monkeypatch.setattr(WSGIHandler, "get_response", get_response)
    visitor.ask(path, query="page=2")
    assert given == [{}]


@pytest.mark.parametrize(
    "path",
    ["//help-now/", "/help-now//", "/help-now", "/./help-now/", "/help-now/..", "/HELP-NOW/",
     "/articles/%2e%2e/help-now/", "/help-now/\xc3\xa4/", "/help-now/\0/", "/nothing/"],
)  # fmt: skip
def test_no_other_address_is_cached(visitor, cache, line, path, folder):
    visitor.ask("/help-now/")
    visitor.ask(path)
    assert list(cache.pages) == ["/help-now/"]
    assert len(files_of(folder, "page.json")) == 1


def test_strange_host_gets_nothing_and_poisons_nothing(visitor, line):
    for _ in ("cold", "warm"):
        for host in ("evil.example", "localhost@evil.example", "", "localhost:8000.evil.example"):
            answer = visitor.ask("/help-now/", HTTP_HOST=host, SERVER_NAME="evil.example")
            assert answer.status == 400
            assert "evil" not in answer.text
        good = visitor.ask("/help-now/", HTTP_X_FORWARDED_HOST="evil.example")
        assert good.status == 200
        assert "evil" not in good.text


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT_LANGUAGE": "es"},
        {"HTTP_COOKIE": "session=abc; csrftoken=def; django_language=es"},
        {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_USER_AGENT": "<script>"},
        {"HTTP_X_ORIGINAL_URL": "/admin/", "HTTP_X_REWRITE_URL": "/admin/"},
    ],
)
def test_who_asks_first_does_not_change_what_others_get(visitor, line, headers, folder):
    first = visitor.ask("/help-now/", **headers)
    plain = Visitor(PageCacheHandler(PageCache(folder / "elsewhere", "r"))).ask("/help-now/")
    assert first.text == plain.text == visitor.ask("/help-now/").text


@pytest.mark.parametrize(
    "path",
    ["/contact/", "/search/", "/contact/my-request/", "/admin/login/", "/healthz", "/readyz"],
)
def test_private_pages_reach_their_view_each_time(visitor, cache, path):
    visitor.ask(path)
    assert cache.pages == {}


def test_posting_to_a_public_page_is_not_answered_from_the_cache(visitor, line):
    visitor.ask("/help-now/")
    assert visitor.ask("/help-now/", "POST").status in (403, 405)


def test_change_shows_at_the_next_request_in_every_process(visitor, cache, other_process, line):
    for each in (visitor, other_process):
        assert "Night line" in each.ask("/help-now/").text
    Helpline.objects.update(name="Dawn line")
    refresh_own(cache)
    for each in (other_process, visitor):
        assert "Dawn line" in each.ask("/help-now/").text


def test_page_made_by_one_process_is_not_made_again_by_another(
    visitor, other_process, line, django_assert_num_queries
):
    first = visitor.ask("/help-now/")
    with django_assert_num_queries(0):
        assert other_process.ask("/help-now/") == first


def test_page_taken_off_the_site_is_gone_everywhere(visitor, cache, other_process, folder):
    article = make_article(slug="gone")
    refresh(cache)
    assert visitor.ask("/articles/gone/").status == 200
    assert other_process.ask("/articles/gone/").status == 200
    assert (folder / "current/articles/gone/index.html").exists()
    article.unpublish()
    refresh_own(cache)
    assert not (folder / "current/articles/gone/index.html").exists()
    assert other_process.ask("/articles/gone/").status == 404
    assert visitor.ask("/articles/gone/").status == 404


def test_database_away_leaves_the_stale_copy(visitor, line, outdate, database_goes, client, caplog):
    good = visitor.ask("/help-now/")
    outdate()
    database_goes()
    assert visitor.ask("/help-now/") == good
    assert "stale copy" in caplog.text
    assert "pages: some cannot be made" in client.get("/readyz").text


def test_bug_in_a_page_leaves_the_stale_copy(visitor, line, outdate, monkeypatch):
    good = visitor.ask("/help-now/")
    outdate()
    monkeypatch.setattr(views, "render", lambda *args: 1 / 0)
    assert visitor.ask("/help-now/") == good


def test_copy_of_many_versions_ago_is_still_there(visitor, line, outdate, database_goes):
    good = visitor.ask("/help-now/")
    for _ in range(9):
        outdate()
        visitor.ask("/articles/")
    database_goes()
    assert visitor.ask("/help-now/") == good


@pytest.mark.parametrize("release", ["release-1", "another release"])
def test_copy_is_served_after_a_restart_without_a_database(
    visitor, line, restarted, database_goes, release
):
    good = visitor.ask("/help-now/")
    database_goes()
    assert restarted(release).ask("/help-now/") == good


@pytest.mark.parametrize("release", ["release-1", "another release"])
def test_copy_is_served_after_a_restart_of_the_machine_without_a_database(
    visitor, line, restarted, database_goes, release, monkeypatch
):
    good = visitor.ask("/help-now/")
    monkeypatch.setattr("recovery_site.page_cache.version.boot_id", lambda: 12345)
    database_goes()
    assert restarted(release).ask("/help-now/") == good
    assert restarted(release).ask("/articles/no-such-article/").status == 500


def test_damaged_copy_is_not_served(visitor, line, folder, restarted, database_goes):
    visitor.ask("/help-now/")
    for file in files_of(folder, "index.html.*"):
        file.write_bytes(file.read_bytes()[:-3] + b"abc")
    database_goes()
    assert restarted().ask("/help-now/").status == 500


def test_many_damaged_copies_fill_no_log(visitor, cache, line, folder, outdate, caplog):
    visitor.ask("/help-now/")
    for file in files_of(folder, "page.json"):
        file.write_bytes(b"")
    outdate()
    for _ in range(3):
        cache.stale("/help-now/")
    assert caplog.text.count("damaged") == 1


def test_page_that_never_was_says_so_calmly_while_the_database_is_away(
    visitor, line, database_goes, folder
):
    database_goes()
    answer = visitor.ask("/help-now/")
    assert answer.status == 500
    assert "888-281-0805" in answer.text
    assert not files_of(folder, "page.json")


def test_page_that_failed_is_not_tried_again_at_once(visitor, line, outdate, monkeypatch):
    visitor.ask("/help-now/")
    outdate()
    tries = []
    monkeypatch.setattr(views, "render", lambda *args: tries.append(1) or 1 / 0)
    for _ in range(5):
        visitor.ask("/help-now/")
    assert len(tries) == 1


def test_page_that_works_again_shows_the_next_change_at_once(
    visitor, cache, line, outdate, monkeypatch
):
    visitor.ask("/help-now/")
    outdate()
    with monkeypatch.context() as patch:
        patch.setattr(views, "render", lambda *args: 1 / 0)
        visitor.ask("/help-now/")
    with monkeypatch.context() as patch:
        patch.setattr(module, "REST_SECONDS", 0)
        assert visitor.ask("/help-now/").status == 200
    Helpline.objects.update(name="Dawn line")
    refresh(cache)
    assert "Dawn line" in visitor.ask("/help-now/").text


def test_one_makes_a_cold_page_and_the_others_wait(visitor, other_process, line, monkeypatch):
    made, render = [], views.render

    def slow(*args):
        made.append(1)
        time.sleep(0.3)
        return render(*args)

    monkeypatch.setattr(views, "render", slow)
    answers = []

    def ask(who):
        answers.append(who.ask("/help-now/"))
        connection.close()

    threads = [threading.Thread(target=ask, args=(who,)) for who in [visitor, other_process] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(answers) == 8
    assert {answer.text for answer in answers} == {answers[0].text}


def test_nobody_waits_long_for_a_page_that_someone_is_at(visitor, line, outdate, monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    good = visitor.ask("/help-now/")
    outdate()
    with visitor.application.turn("/help-now/"):
        assert visitor.ask("/help-now/") == good
    assert visitor.ask("/help-now/").status == 200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda response: response.set_cookie("a", "b"),
        lambda response: response.headers.setdefault("Vary", "Cookie"),
        lambda response: response.headers.setdefault("Cache-Control", "no-store"),
    ],
)
def test_page_that_is_not_for_everybody_is_answered_but_never_cached(
    visitor, cache, line, monkeypatch, spoil, caplog, folder
):
    render = views.render

    def spoiled(*args):
        response = render(*args)
        spoil(response)
        return response

    monkeypatch.setattr(views, "render", spoiled)
    answer = visitor.ask("/help-now/")
    assert answer.status == 200
    assert "it is not cached" in caplog.text
    assert cache.pages == {}
    assert not files_of(folder, "page.json")


@pytest.fixture
def full_disk():
    """A context in which no file can be written."""

    def refuse(*args):
        raise OSError(28, "No space left on device")

    @contextmanager
    def full_disk():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("os.fsync", refuse)
            yield

    return full_disk


def test_full_disk_keeps_pages_in_memory(visitor, cache, line, full_disk, caplog):
    with full_disk():
        assert visitor.ask("/help-now/").status == 200
    assert "cannot be kept on disk (OSError)" in caplog.text
    assert list(cache.pages) == ["/help-now/"]


def test_full_disk_keeps_no_change_from_being_seen(
    visitor, cache, other_process, full_disk, folder
):
    article = make_article(slug="gone")
    refresh(cache)
    assert visitor.ask("/articles/gone/").status == 200
    with full_disk():
        article.unpublish()
        refresh_own(cache)
        for each in (visitor, other_process):
            assert each.ask("/articles/gone/").status == 404
    assert not (folder / "current/articles/gone/index.html").exists()


def test_full_disk_brings_nothing_back_in_an_outage(visitor, cache, full_disk, database_goes):
    article = make_article(slug="gone")
    refresh(cache)
    assert visitor.ask("/articles/gone/").status == 200
    with full_disk():
        article.unpublish()
        refresh_own(cache)
        database_goes()
        assert visitor.ask("/articles/gone/").status == 500


def test_copies_can_be_served_again_once_the_disk_has_room(
    visitor, cache, line, full_disk, database_goes
):
    good = visitor.ask("/help-now/")
    with full_disk():
        ContentVersion.raise_number()
        refresh(cache)
    refresh(cache)
    database_goes()
    assert visitor.ask("/help-now/") == good


def test_page_that_only_one_process_had_is_not_brought_back_by_it(
    visitor, cache, other_process, database_goes, full_disk
):
    article = make_article(slug="gone")
    refresh(cache)
    with full_disk():
        assert visitor.ask("/articles/gone/").status == 200
    article.unpublish()
    refresh_own(cache)
    assert other_process.ask("/articles/gone/").status == 404
    database_goes()
    assert visitor.ask("/articles/gone/").status == 500


def test_pages_are_served_although_nothing_can_be_locked(visitor, line, folder, caplog):
    shutil.rmtree(folder)
    assert visitor.ask("/help-now/").status == 200
    assert "pages cannot be locked (FileNotFoundError)" in caplog.text


def test_withdrawn_page_does_not_come_back_from_another_process(
    visitor, cache, other_process, database_goes
):
    article = make_article(slug="gone")
    refresh(cache)
    for each in (visitor, other_process):
        assert each.ask("/articles/gone/").status == 200
    article.unpublish()
    refresh_own(cache)
    database_goes()
    # Nobody had asked for it since it was taken off.
    assert visitor.ask("/articles/gone/").status == 500
    assert other_process.ask("/articles/gone/").status == 500


def test_memory_has_an_end(visitor, cache, line):
    cache.memory_bytes = 30_000
    topic = make_article().topic
    for n in range(12):
        make_article(topic=topic, slug=f"one-of-many-{n}")
    refresh(cache)
    for n in range(12):
        assert visitor.ask(f"/articles/one-of-many-{n}/").status == 200
    assert cache.bytes == sum(page.size for page in cache.pages.values()) <= 30_000
    assert "/articles/one-of-many-11/" in cache.pages
    assert visitor.ask("/articles/one-of-many-0/").status == 200


def test_https_site_sends_plain_requests_to_https(cache, line, settings):
    settings.SITE_IS_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    secure = {"HTTP_X_FORWARDED_PROTO": "https"}
    app = Visitor(PageCacheHandler(cache))
    assert app.ask("/help-now/", **secure).status == 200
    for _ in ("cold", "warm"):
        assert app.ask("/help-now/").status == 301
        assert app.ask("/help-now/", REMOTE_ADDR="203.0.113.9", **secure).status == 301
        assert app.ask("/help-now/", **secure).status == 200
        # The server itself spoke TLS, and the page is in memory.
        assert app.ask("/help-now/", **{"wsgi.url_scheme": "https"}).status == 200


def test_site_works_without_a_folder_for_pages(settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path
    (tmp_path / "pages").write_text("a file where the folder should be")
    assert not isinstance(make_application(), PageCacheHandler)
    assert "no page cache" in caplog.text


def test_developers_see_every_page_anew(settings):
    assert isinstance(make_application(), PageCacheHandler)
    settings.DEBUG = True
    assert not isinstance(make_application(), PageCacheHandler)
