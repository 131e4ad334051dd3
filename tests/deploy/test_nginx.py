import os
import re
import socket

import pytest

from tests.deploy import machine
from tests.deploy.machine import HOST
from tests.waiting import PATIENCE, free_port, wait_until

PAGES = ["/", "/articles/", "/articles/why-is-heroin-so-addictive/", "/faq/", "/help-now/"]
CODINGS = ["identity", "gzip", "br"]
# Who answers, and how either tells its versions apart, may differ.
OWN = {"date", "server", "connection", "etag", "keep-alive", "transfer-encoding", "accept-ranges"}


def comparable(headers):
    kept = {name: value for name, value in headers.items() if name not in OWN}
    # Two names of one type: nginx before 1.25 uses the older one.
    kind = (
        kept["content-type"].replace('"', "").replace("application/javascript", "text/javascript")
    )
    kept["content-type"] = kind.lower()
    return kept


def coding_of(answer):
    return answer.headers.get("content-encoding", "identity")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("coding", CODINGS)
def test_page_from_the_folder_is_the_page_of_the_application(site, path, coding):
    if coding == "br" and not machine.BROTLI.exists():
        pytest.skip("no brotli module: `apt install libnginx-mod-http-brotli-static`")
    accept = {"Accept-Encoding": coding}
    served, made = site.from_folder(path, **accept), site.ask_application(path, **accept)
    assert served.status == made.status == 200
    assert coding_of(served) == coding
    assert served.body == made.body
    assert comparable(served.headers) == comparable(made.headers)


def test_static_file_is_served_as_the_application_serves_it(site):
    html = site.ask("/").text
    hashed = set(re.findall(r'"(/static/[^"]+)"', html))
    assert len(hashed) > 1
    for path in [*hashed, "/static/site/favicon.svg", "/static/site/site.css"]:
        accept = {"Accept-Encoding": "gzip"}
        served, made = site.ask(path, **accept), site.ask_application(path, **accept)
        assert served.body == made.body, path
        assert comparable(served.headers) == comparable(made.headers), path
        assert ("immutable" in served.headers["cache-control"]) == (path in hashed)


def test_picture_from_the_folder_is_that_of_the_application_until_its_page_goes(site, article):
    page = f"Article.objects.get(slug='{article.split('/')[2]}')"
    site.run(
        "from articles.models import Article\n"
        "from io import BytesIO\n"
        "from PIL import Image\n"
        "from articles.pictures.making import make_picture\n"
        "from articles.pictures.rows import Picture\n"
        "file = BytesIO()\n"
        "Image.new('RGB', (480, 240), 'purple').save(file, 'PNG')\n"
        "made = make_picture(file.getvalue())\n"
        "Picture.objects.keep(made, 'room.png', None)\n"
        'body = f\'<figure><img src="{made.address.path}" alt="A room"></figure>\'\n'
        f"article = {page}\n"
        "article.save_revision(title='With a picture', body=body)\n"
        "article.publish()\n"
    )
    wait_until(lambda: "/pictures/" in site.ask(article).text)
    path = re.search(r"/pictures/[^\" ]+", site.ask(article).text)[0]
    served, made = site.from_folder(path), site.ask_application(path)
    assert served.status == made.status == 200
    assert served.body == made.body
    # The application says that it compresses for some, which it does not do to pictures.
    names = comparable(made.headers).keys() - {"vary"}
    assert {name: comparable(served.headers).get(name) for name in names} == {
        name: comparable(made.headers)[name] for name in names
    }
    site.run(f"from articles.models import Article\n{page}.unpublish()\n")
    wait_until(lambda: site.ask(path).status == 404)


def test_changed_words_are_there_at_the_next_request(site, article):
    assert "Words at first" in site.from_folder(article).text
    for number in range(3):
        site.run(
            "from articles.models import Article\n"
            f"article = Article.objects.get(slug='{article.split('/')[2]}')\n"
            f"article.save_revision(title='Words of version {number}', body='<p>Read this.</p>')\n"
            "article.publish()\n"
            "from recovery_site.page_cache import cache, refresh\n"
            "refresh.refresh_own(cache.site_cache())\n"
        )
        answer = site.ask(article)
        assert f"Words of version {number}" in answer.text


def test_unpublished_page_is_gone_at_the_next_request(site, article):
    assert site.from_folder(article).status == 200
    site.run(
        "from articles.models import Article\n"
        f"Article.objects.get(slug='{article.split('/')[2]}').unpublish()\n"
        "from recovery_site.page_cache import cache, refresh\n"
        "refresh.refresh_own(cache.site_cache())\n"
    )
    assert site.ask(article).status == 404


def test_page_that_vanishes_before_nginx_opens_it_is_asked_of_the_application(site, article):
    site.from_folder(article)
    folder = site.front / article.strip("/")
    for file in folder.iterdir():
        file.unlink()
    # nginx finds it, opens it, and then takes it for absent, for it is no file.
    os.mkfifo(folder / "index.html")
    answer = site.ask(article)
    (folder / "index.html").unlink()
    assert answer.status == 200
    assert "Words at first" in answer.text
    assert not answer.is_from_folder


def test_known_page_is_not_sent_again(site):
    known = site.from_folder("/faq/")
    etag, date = known.headers["etag"], known.headers["last-modified"]
    for condition in ({"If-None-Match": etag}, {"If-Modified-Since": date}):
        answer = site.from_folder("/faq/", **condition)
        assert answer.status == 304
        assert answer.body == b""
        assert answer.headers["cache-control"] == known.headers["cache-control"]


def test_head_tells_the_same_without_the_page(site):
    whole, head = site.from_folder("/faq/"), site.from_folder("/faq/", method="HEAD")
    assert head.body == b""
    assert comparable(head.headers) == comparable(whole.headers)


def test_query_string_gets_the_same_page(site):
    assert site.from_folder("/faq/?utm_source=x").body == site.from_folder("/faq/").body


def test_post_to_a_page_reaches_the_application(site):
    site.from_folder("/faq/")
    answer = site.ask("/faq/", method="POST", body=b"a=b")
    assert answer.status in (403, 405)
    assert "<main" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "//faq/", "/faq//", "/%66aq/", "/faq/%2e%2e/", "/FAQ/", "/faq/index.html", "/faq/.",
        "/pages/current/faq/index.html", "/current/faq/", "/faq/page.json", "/.none",
        "/faq/index.html.gz", "/../journal/new/", "/static/../journal/", "/static/%2e%2e/pages/",
        "/site.sqlite3", "/.env", "/.git/config", "/deploy/nginx.conf", "/unavailable/index.html",
        "/unavailable/",
    ],
)  # fmt: skip
def test_no_other_address_reads_the_folder(site, path):
    site.from_folder("/faq/")
    answer = site.ask(path)
    # Another spelling of the page's own address may show the page.
    assert answer.status in (301, 400, 404) or not answer.is_from_folder
    assert answer.status in (301, 400, 404) or answer.body == site.ask_application("/faq/").body


@pytest.mark.parametrize("path", ["/contact/", "/search/", "/admin/", "/intake/"])
def test_private_page_never_comes_from_the_folder(site, path):
    planted = site.front / path.strip("/")
    planted.mkdir(parents=True, exist_ok=True)
    (planted / "index.html").write_text("planted")
    answer = site.ask(path)
    (planted / "index.html").unlink()
    assert b"planted" not in answer.body
    assert "no-store" in answer.headers["cache-control"]
    # A form that nobody has filled in holds no secret.
    is_plain = "content-encoding" not in site.ask(path, **{"Accept-Encoding": "gzip"}).headers
    assert is_plain == (path not in ("/contact/", "/search/"))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "www.example.org.evil.example", ""])
def test_other_host_gets_nothing(site, host):
    answer = site.ask("/faq/", Host=host)
    assert answer.status in (400, 421)
    assert b"Questions" not in answer.body


def test_unencrypted_request_is_led_to_the_one_true_address(site):
    answer = site.ask_plainly("/faq/?a=b")
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{HOST}/faq/?a=b"
    with pytest.raises((ConnectionError, OSError)):
        site.ask_plainly("/faq/", host="evil.example")


def test_sender_cannot_claim_another_address_or_scheme(site):
    answer = site.ask(
        "/contact/", **{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    )
    assert answer.status == 200
    assert b"evil.example" not in answer.body


def test_pages_are_read_while_the_application_is_stopped(site):
    path = "/articles/why-is-heroin-so-addictive/"
    before = site.from_folder(path)
    with site.without_application():
        assert site.ask(path).body == before.body
        for private in ("/contact/", "/search/?q=help", "/nowhere/"):
            answer = site.ask(private)
            assert answer.status == 502
            assert answer.headers["cache-control"] == "no-store"
            for number in ("tel:+18882810805", "tel:911", "tel:988"):
                assert number in answer.text
        sent = site.ask("/contact/", method="POST", body=b"name=Test+Person&phone=201-555-0100")
        assert sent.status == 502
        assert "tel:+18882810805" in sent.text
        assert not re.search(r"<link|<script|src=", answer.text)
    assert site.ask("/contact/").status == 200


def test_callback_request_is_taken_through_nginx(site):
    body = b"name=Test+Person&phone=201-555-0100&key=once"
    first, second = (site.ask("/contact/", method="POST", body=body) for _ in range(2))
    assert first.status == second.status == 303
    assert first.headers["location"].startswith("/contact/thanks/?r=")
    journal = [*site.data.glob("journal/*/*.sealed")]
    assert len(journal) == 1


def test_http_2_is_spoken(site):
    site.trusted.set_alpn_protocols(["h2", "http/1.1"])
    with site.connect() as connection:
        assert connection.selected_alpn_protocol() == "h2"
    site.trusted.set_alpn_protocols(["http/1.1"])


def test_node_behind_a_balancer_serves_the_same_pages(site, tmp_path_factory):
    home, port = tmp_path_factory.mktemp("node"), free_port()
    (home / "data").symlink_to(site.data)
    nginx = machine.start_nginx(
        home,
        "nginx-node.conf",
        {
            "listen 8080": f"listen 127.0.0.1:{port}",
            "127.0.0.1:8000": f"127.0.0.1:{site.app_port}",
            "10.0.0.10": "127.0.0.1",
        },
    )
    try:
        wait_until(lambda: machine.listens(port))
        request = f"GET /faq/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as raw:
            raw.sendall(request.encode())
            received = b"".join(iter(lambda: raw.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200")
        assert received.endswith(site.from_folder("/faq/", **{"Accept-Encoding": "identity"}).body)
        assert machine.answers(port)
    finally:
        machine.stop(nginx)
