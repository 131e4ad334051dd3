"""The server's side of a request: what is read before a thread is taken."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from recovery_site.serving import rsgi
from tests.waiting import PATIENCE


class Proto:
    """A client that sends these pieces, and then nothing more; None: it leaves."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.sent = None
        self.streamed = []

    async def __aiter__(self):
        for piece in self.pieces:
            if piece is None:
                return
            yield piece
        await asyncio.sleep(3600)

    def response_bytes(self, status, headers, body):
        self.sent = (status, dict(headers), body)

    def response_stream(self, status, headers):
        self.sent = (status, dict(headers), None)

        def send_bytes(piece):
            """As Granian's: it can be awaited, but is no coroutine."""
            self.streamed.append(piece)
            sent = asyncio.get_running_loop().create_future()
            sent.set_result(None)
            return sent

        return SimpleNamespace(send_bytes=send_bytes)


class Headers(list):
    def items(self):
        return self


def scope(path="/contact/", method="POST", **headers):
    named = Headers((name.replace("_", "-"), value) for name, value in headers.items())
    return SimpleNamespace(
        method=method, path=path, query_string="a=1", http_version="1.1", scheme="http",
        client="[2001:db8::1]:5000", server="127.0.0.1:8000", headers=named,
    )  # fmt: skip


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("content-length", str(len(body)))])
    return [body]


def ask(proto, asked, application=echo):
    server = rsgi.Server(application)
    asyncio.run(server.__rsgi__(asked, proto))
    assert server.waiting_bytes == 0
    return proto.sent


def test_a_form_comes_whole_before_it_is_answered():
    proto = Proto(b"name=", b"Ada", None)
    assert ask(proto, scope(content_length="8")) == (200, {"content-length": "8"}, b"name=Ada")


@pytest.mark.parametrize(
    ("pieces", "seconds", "status"), [([b"name="], 0.05, 408), ([b"name=", None], 60, 400)]
)
def test_a_form_that_stays_unfinished_reaches_no_view_and_is_told_the_number(
    monkeypatch, pieces, seconds, status
):
    monkeypatch.setattr(rsgi, "BODY_SECONDS", seconds)
    monkeypatch.setattr(rsgi, "LEAST_BYTES_A_SECOND", 1000)
    reached = []
    sent = ask(Proto(*pieces), scope(content_length="8"), lambda *asked: reached.append(asked))
    assert (sent[0], reached) == (status, [])
    assert b"888-281-0805. In danger: 911. In crisis: 988." in sent[2]


def test_slow_forms_take_no_thread_from_others(monkeypatch):
    monkeypatch.setattr(rsgi, "BODY_SECONDS", PATIENCE)
    server = rsgi.Server(echo)

    async def ask_all():
        slow = [
            asyncio.create_task(server.__rsgi__(scope(content_length="9"), Proto(b"name=")))
            for _ in range(300)
        ]
        await asyncio.sleep(0)
        quick = Proto(b"ok", None)
        await server.__rsgi__(scope(content_length="2"), quick)
        still_slow = [each for each in slow if not each.done()]
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return quick.sent[0], len(still_slow)

    assert asyncio.run(ask_all()) == (200, 300)
    assert server.waiting_bytes == 0


def test_health_is_told_and_requests_are_taken_while_all_other_threads_wait():
    def wait_for_database(environ, start_response):
        if environ["PATH_INFO"] in ("/readyz", "/search/"):
            assert answers.wait(PATIENCE)
        return echo(environ, start_response)

    server, answers = rsgi.Server(wait_for_database), threading.Event()
    health, thanks = Proto(), Proto()

    async def ask_all():
        # Whether it is ready asks the database too.
        for path in ("/readyz", *["/search/"] * rsgi.THREADS):
            others.append(asyncio.create_task(server.__rsgi__(scope(path, "GET"), Proto())))
        await asyncio.sleep(0.05)
        await server.__rsgi__(scope("/healthz", "GET"), health)
        await server.__rsgi__(scope("/contact/", "POST"), thanks)
        answers.set()
        await asyncio.gather(*others)

    others = []
    asyncio.run(ask_all())
    assert health.sent[0] == thanks.sent[0] == 200


def test_what_is_too_large_is_not_read_and_what_has_no_room_comes_back(monkeypatch):
    length = str(rsgi.MOST_BODY_BYTES + 1)
    assert ask(Proto(b"x"), scope(content_length=length))[2] == b""
    chunked = scope(content_length="1", transfer_encoding="chunked")
    assert ask(Proto(b"x"), chunked)[2] == b""
    monkeypatch.setattr(rsgi, "MOST_WAITING_BYTES", 7)
    monkeypatch.setattr(rsgi, "SMALL_BODY_BYTES", 4)
    status, headers, body = ask(Proto(b"name=Ada", None), scope(content_length="8"))
    assert (status, headers["retry-after"]) == (503, "10")
    assert b"888-281-0805" in body


def test_large_forms_that_only_begin_leave_room_for_the_visitors_form(monkeypatch):
    monkeypatch.setattr(rsgi, "BODY_SECONDS", PATIENCE)
    monkeypatch.setattr(rsgi, "MOST_WAITING_BYTES", rsgi.MOST_BODY_BYTES)
    server = rsgi.Server(echo)

    async def ask_all():
        large = scope("/admin/import/", content_length=str(rsgi.MOST_BODY_BYTES))
        begun = [asyncio.create_task(server.__rsgi__(large, Proto(b"x"))) for _ in range(20)]
        await asyncio.sleep(0)
        small = Proto(b"name=Ada", None)
        await server.__rsgi__(scope(content_length="8"), small)
        for each in begun:
            each.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
        return small.sent[0]

    assert asyncio.run(ask_all()) == 200


def test_a_long_answer_is_streamed_and_ended():
    ended = []

    class Export(list):
        streaming = True

        def close(self):
            ended.append(True)

    def export(environ, start_response):
        start_response("200 OK", [])
        return Export([b"a", b"b"])

    proto = Proto()
    assert ask(proto, scope(method="GET"), export) == (200, {}, None)
    assert (proto.streamed, ended) == ([b"a", b"b"], [True])


def test_the_request_is_told_as_wsgi_tells_it():
    asked = scope("/caf\u00e9/", "GET", host="a.example", cookie="one=1", content_type="text/plain")
    asked.headers += [("cookie", "two=2"), ("X_Forwarded_For", "192.0.2.1"), ("accept", "a")]
    environ = rsgi.environ_of(asked)
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9/"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["HTTP_COOKIE"] == "one=1; two=2"
    # A name with an underscore would pass for the header that a proxy sets.
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert (environ["CONTENT_TYPE"], environ["HTTP_ACCEPT"]) == ("text/plain", "a")


def test_worker_prepares_at_the_shared_version(monkeypatch):
    told, begun = [], threading.Event()
    monkeypatch.setattr(
        rsgi, "keep_prepared", lambda version, _stop: (told.append(version), begun.set())
    )
    site = SimpleNamespace(cache=SimpleNamespace(version="shared"))
    rsgi.Server(site).__rsgi_init__(None)
    assert begun.wait(PATIENCE)
    assert told == ["shared"]
