import shutil
import threading
import time
from ipaddress import ip_network

import pytest
from django.db import connection

from contact.models import Helpline
from recovery_site import views
from recovery_site.published import application as module
from recovery_site.published import changes, store
from recovery_site.published.application import Application, application
from recovery_site.published.store import Store
from tests.factories import make_article, make_helpline

from .visitor import Visitor

GZIP = {"HTTP_ACCEPT_ENCODING": "gzip"}


@pytest.fixture
def line(visitor):
    """A help line that the page shows, counted already."""
    line = make_helpline(name="Night line", phone="602-555-0142")
    changes.count_new(visitor.application.store)
    return line


def stale(visitor, *tags):
    """Let pages with these tags be made anew."""
    counters = visitor.application.store.generations
    with counters.locked():
        counters.count(tags, counters.last, visitor.application.store.front.drop)


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


def test_known_page_is_not_sent_again(visitor, line):
    for coding in ("br", "gzip", "identity"):
        asked = {"HTTP_ACCEPT_ENCODING": coding}
        etag = visitor.ask("/help-now/", **asked).headers["ETag"]
        for _ in ("from memory", "from disk"):
            known = visitor.ask("/help-now/", HTTP_IF_NONE_MATCH=etag, **asked)
            assert (known.status, known.body, known.headers["ETag"]) == (304, b"", etag)
            assert "Content-Type" not in known.headers
            visitor.application.store.release("/help-now/")


def test_headers_of_a_kept_page_are_those_that_django_sends(visitor, line, client):
    own = {"Surrogate-Key", "Content-Length", "Vary"}
    plain = {k: v for k, v in client.get("/help-now/").headers.items() if k not in own}
    for _ in ("made", "from memory"):
        assert plain.items() <= visitor.ask("/help-now/").headers.items()


def test_tags_stay_inside(visitor, line):
    for _ in ("made", "from memory"):
        assert "Surrogate-Key" not in visitor.ask("/help-now/").headers


def test_query_string_changes_nothing_and_fills_nothing(visitor, line):
    cold = visitor.ask("/help-now/", query="utm_source=letter&q=x")
    assert "utm_source" not in cold.text
    for n in range(20):
        assert visitor.ask("/help-now/", query=f"fbclid={n}") == cold
    assert list(visitor.application.store.pages) == ["/help-now/"]


@pytest.mark.parametrize(
    "path",
    ["//help-now/", "/help-now//", "/help-now", "/./help-now/", "/help-now/..", "/HELP-NOW/",
     "/articles/%2e%2e/help-now/", "/help-now/\xc3\xa4/", "/help-now/\0/", "/nothing/"],
)  # fmt: skip
def test_no_other_address_is_kept(visitor, line, path):
    visitor.ask("/help-now/")
    visitor.ask(path)
    assert list(visitor.application.store.pages) == ["/help-now/"]
    assert len(list(visitor.application.store.kept.folder.rglob("*.page"))) == 1


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
    plain = Visitor(Application(Store(folder / "elsewhere", "b"))).ask("/help-now/")
    assert first.text == plain.text == visitor.ask("/help-now/").text


@pytest.mark.parametrize(
    "path",
    ["/contact/", "/search/", "/contact/my-request/", "/admin/login/", "/healthz", "/readyz"],
)
def test_private_pages_reach_their_view_each_time(visitor, path):
    visitor.ask(path)
    assert visitor.application.store.pages == {}


def test_posting_to_a_public_page_is_not_answered_from_the_store(visitor, line):
    visitor.ask("/help-now/")
    assert visitor.ask("/help-now/", "POST").status in (403, 405)


def test_change_shows_at_the_next_request_in_every_process(visitor, other_process, line):
    for each in (visitor, other_process):
        assert "Night line" in each.ask("/help-now/").text
    Helpline.objects.update(name="Dawn line")
    changes.count_own(visitor.application.store)
    for each in (other_process, visitor):
        assert "Dawn line" in each.ask("/help-now/").text


def test_change_elsewhere_leaves_a_page_alone(visitor, line, django_assert_num_queries):
    visitor.ask("/help-now/")
    make_article()
    changes.count_own(visitor.application.store)
    with django_assert_num_queries(0):
        visitor.ask("/help-now/")


def test_page_made_by_one_process_is_not_made_again_by_another(
    visitor, other_process, line, django_assert_num_queries
):
    first = visitor.ask("/help-now/")
    with django_assert_num_queries(0):
        assert other_process.ask("/help-now/") == first


def test_page_taken_off_the_site_is_gone_everywhere(visitor, other_process, folder):
    article = make_article(slug="gone")
    changes.count_new(visitor.application.store)
    assert visitor.ask("/articles/gone/").status == 200
    assert other_process.ask("/articles/gone/").status == 200
    assert list((folder / "front").rglob("gone/index.html*"))
    article.unpublish()
    changes.count_own(visitor.application.store)
    assert other_process.ask("/articles/gone/").status == 404
    assert visitor.ask("/articles/gone/").status == 404
    assert visitor.application.store.kept.load("/articles/gone/") is None
    assert not list((folder / "front").rglob("gone/index.html*"))


def test_forgotten_page_is_nowhere(visitor, line, folder):
    visitor.ask("/help-now/")
    assert list((folder / "front").rglob("help-now/index.html"))
    visitor.application.store.forget("/help-now/")
    assert not list((folder / "front").rglob("help-now/*"))
    assert visitor.application.store.last_good("/help-now/") is None


def test_database_away_leaves_the_last_good_copy(visitor, line, database_goes, client, caplog):
    good = visitor.ask("/help-now/")
    stale(visitor, "helplines")
    database_goes()
    assert visitor.ask("/help-now/") == good
    assert "last good copy" in caplog.text
    assert "pages: some cannot be made" in client.get("/readyz").text


def test_bug_in_a_page_leaves_the_last_good_copy(visitor, line, monkeypatch):
    good = visitor.ask("/help-now/")
    stale(visitor, "helplines")
    monkeypatch.setattr(views, "render", lambda *args: 1 / 0)
    assert visitor.ask("/help-now/") == good


def test_copy_is_served_after_a_restart_without_a_database(visitor, line, folder, database_goes):
    good = visitor.ask("/help-now/")
    database_goes()
    assert Visitor(Application(Store(folder, "build-1"))).ask("/help-now/") == good
    assert Visitor(Application(Store(folder, "another build"))).ask("/help-now/") == good


def test_damaged_copy_is_not_served(visitor, line, folder, database_goes):
    visitor.ask("/help-now/")
    for file in folder.rglob("*.page"):
        file.write_bytes(file.read_bytes()[:-3] + b"abc")
    database_goes()
    assert Visitor(Application(Store(folder, "build-1"))).ask("/help-now/").status == 500


def test_many_damaged_copies_fill_no_log(visitor, line, folder, caplog):
    visitor.ask("/help-now/")
    for file in folder.rglob("*.page"):
        file.write_bytes(b"")
    for _ in range(3):
        visitor.application.store.last_good("/help-now/")
    assert caplog.text.count("damaged") == 1


def test_page_that_never_was_says_so_calmly_while_the_database_is_away(
    visitor, line, database_goes, folder
):
    database_goes()
    answer = visitor.ask("/help-now/")
    assert answer.status == 500
    assert "888-281-0805" in answer.text
    assert not list(folder.rglob("*.page"))


def test_page_that_failed_is_not_tried_again_at_once(visitor, line, monkeypatch):
    visitor.ask("/help-now/")
    stale(visitor, "helplines")
    tries = []
    monkeypatch.setattr(views, "render", lambda *args: tries.append(1) or 1 / 0)
    for _ in range(5):
        visitor.ask("/help-now/")
    assert len(tries) == 1


def test_page_that_works_again_shows_the_next_change_at_once(visitor, line, monkeypatch):
    visitor.ask("/help-now/")
    stale(visitor, "helplines")
    with monkeypatch.context() as patch:
        patch.setattr(views, "render", lambda *args: 1 / 0)
        visitor.ask("/help-now/")
    with monkeypatch.context() as patch:
        patch.setattr(module, "REST_SECONDS", 0)
        assert visitor.ask("/help-now/").status == 200
    Helpline.objects.update(name="Dawn line")
    changes.count_new(visitor.application.store)
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


def test_nobody_waits_long_for_a_page_that_someone_is_at(visitor, line, monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    good = visitor.ask("/help-now/")
    stale(visitor, "helplines")
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
def test_page_that_is_not_for_everybody_is_answered_but_never_kept(
    visitor, line, monkeypatch, spoil, caplog
):
    render = views.render

    def spoiled(*args):
        response = render(*args)
        spoil(response)
        return response

    monkeypatch.setattr(views, "render", spoiled)
    answer = visitor.ask("/help-now/")
    assert answer.status == 200
    assert "Surrogate-Key" not in answer.headers
    assert "it is not kept" in caplog.text
    assert visitor.application.store.pages == {}
    assert visitor.application.store.kept.load("/help-now/") is None


def test_full_disk_keeps_pages_in_memory(visitor, line, monkeypatch, caplog):
    def refuse(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    assert visitor.ask("/help-now/").status == 200
    assert "cannot be kept on disk (OSError)" in caplog.text
    assert list(visitor.application.store.pages) == ["/help-now/"]


def test_page_that_only_one_process_had_is_not_brought_back_by_it(
    visitor, other_process, database_goes, monkeypatch
):
    def refuse(*args):
        raise OSError(28, "No space left on device")

    article = make_article(slug="gone")
    changes.count_new(visitor.application.store)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        assert visitor.ask("/articles/gone/").status == 200
    article.unpublish()
    changes.count_own(visitor.application.store)
    assert other_process.ask("/articles/gone/").status == 404
    database_goes()
    assert visitor.ask("/articles/gone/").status == 500


def test_further_pages_of_lists_are_held_in_memory_alone(visitor, folder):
    _, newer = make_article(), make_article()
    changes.count_new(visitor.application.store)
    older = f"/articles/older/{newer.pk}/"
    assert visitor.ask(older).status == 200
    assert list(visitor.application.store.pages) == [older]
    for place in ("kept", "by_slot", "front"):
        assert not [file for file in (folder / place).rglob("*") if file.is_file()]


def test_pages_are_served_although_nothing_can_be_locked(visitor, line, folder, caplog):
    shutil.rmtree(folder)
    assert visitor.ask("/help-now/").status == 200
    assert "pages cannot be locked (FileNotFoundError)" in caplog.text


def test_withdrawn_page_does_not_come_back_from_another_process(
    visitor, other_process, database_goes
):
    article = make_article(slug="gone")
    changes.count_new(visitor.application.store)
    for each in (visitor, other_process):
        assert each.ask("/articles/gone/").status == 200
    article.unpublish()
    changes.count_own(visitor.application.store)
    assert visitor.ask("/articles/gone/").status == 404
    database_goes()
    assert other_process.ask("/articles/gone/").status == 500


def test_clock_that_went_back_makes_pages_anew(visitor, line, django_assert_num_queries):
    visitor.ask("/help-now/")
    visitor.application.store.pages["/help-now/"].made_at += 3600
    for file in visitor.application.store.kept.folder.rglob("*.page"):
        file.unlink()
    with django_assert_num_queries(1):
        visitor.ask("/help-now/")


def test_memory_has_an_end(visitor, line, monkeypatch):
    monkeypatch.setattr(store, "MEMORY_BYTES", 30_000)
    topic = make_article().topic
    for n in range(12):
        make_article(topic=topic, slug=f"one-of-many-{n}")
        assert visitor.ask(f"/articles/one-of-many-{n}/").status == 200
    held = visitor.application.store
    assert held.bytes == sum(page.size for page in held.pages.values()) <= 30_000
    assert "/articles/one-of-many-11/" in held.pages
    assert visitor.ask("/articles/one-of-many-0/").status == 200


def test_https_site_sends_plain_requests_to_https(visitor, line, settings):
    settings.SITE_IS_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    module.trusts.cache_clear()
    secure = {"HTTP_X_FORWARDED_PROTO": "https"}
    app = Visitor(Application(visitor.application.store))
    assert app.ask("/help-now/", **secure).status == 200
    for _ in ("cold", "warm"):
        assert app.ask("/help-now/").status == 301
        assert app.ask("/help-now/", REMOTE_ADDR="203.0.113.9", **secure).status == 301
        assert app.ask("/help-now/", **secure).status == 200
        # The server itself spoke TLS, and the page is in memory.
        assert app.ask("/help-now/", **{"wsgi.url_scheme": "https"}).status == 200
    module.trusts.cache_clear()


def test_site_works_without_a_folder_for_pages(settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path
    (tmp_path / "pages").write_text("a file where the folder should be")
    assert not isinstance(application(), Application)
    assert "no store" in caplog.text


def test_developers_see_every_page_anew(settings):
    assert isinstance(application(), Application)
    settings.DEBUG = True
    assert not isinstance(application(), Application)
