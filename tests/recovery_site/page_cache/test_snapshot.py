import threading

import pytest
from django.db import OperationalError, connection, transaction

from contact.models import Helpline
from recovery_site import views
from recovery_site.page_cache import handler, refresh, snapshot
from tests.factories import make_helpline
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def test_public_page_is_read_through_its_own_alias(replica, client, monkeypatch):
    make_helpline(name="Night line")
    seen, published = [], Helpline.objects.published

    def watched():
        found = published()
        seen.append(found.db)
        return found

    monkeypatch.setattr(Helpline.objects, "published", watched)
    assert "Night line" in client.get("/help-now/").text
    assert seen == ["reading"]
    assert Helpline.objects.published().db == "default"


def test_page_never_mixes_two_moments(replica, client, monkeypatch):
    make_helpline(name="Line A", order=1)
    names, render = [], views.render

    def slow(request, template, context):
        names.append(Helpline.objects.get().name)
        thread = threading.Thread(target=rename)
        thread.start()
        # Where readers hold writers up, the writer waits for this page.
        thread.join(0.5)
        writers.append(thread)
        names.append(Helpline.objects.get().name)
        return render(request, template, context)

    def rename():
        Helpline.objects.update(name="Line B")
        connection.close()

    writers = []
    monkeypatch.setattr(views, "render", slow)
    text = client.get("/help-now/").text
    writers[0].join()
    assert names == ["Line A", "Line A"]
    assert "Line A" in text
    monkeypatch.undo()
    assert "Line B" in client.get("/help-now/").text


def test_nothing_can_be_written_while_reading(replica, client, monkeypatch):
    make_helpline(name="Line A")
    monkeypatch.setattr(
        views, "render", lambda *args: Helpline.objects.using("reading").update(name="x")
    )
    with pytest.raises(Exception, match=r"read-?only"):
        client.get("/help-now/")
    assert Helpline.objects.get().name == "Line A"


def test_writing_and_staff_pages_use_the_default_alias(replica, client):
    reading_only = Helpline(name="x", slug="x")
    reading_only.save()
    assert reading_only._state.db == "default"
    assert client.get("/admin/login/").status_code == 200
    assert replica.connection is None or not replica.in_atomic_block


def test_snapshot_ends_with_the_page(replica, client):
    make_helpline()
    client.get("/help-now/")
    assert not replica.in_atomic_block
    client.get("/articles/nothing-here/")
    assert not replica.in_atomic_block


def test_database_that_does_not_answer_is_left_in_peace_for_a_while(replica, client, monkeypatch):
    tries = []

    def refuse(self, *args):
        tries.append(1)
        raise OperationalError("no answer")

    client.raise_request_exception = False
    monkeypatch.setattr(transaction.Atomic, "__enter__", refuse)
    for _ in range(4):
        response = client.get("/help-now/")
        assert response.status_code == 500
        assert "888-281-0805" in response.text
        assert "Content-Security-Policy" in response.headers
    assert len(tries) == 1
    assert snapshot.circuit.is_open
    monkeypatch.undo()
    snapshot.circuit.close()
    assert client.get("/help-now/").status_code == 200


def test_address_that_needs_no_database_does_not_wait_for_one(replica, client):
    snapshot.circuit.open()
    assert client.get("/favicon.ico").status_code == 301


def test_page_of_a_replica_that_is_behind_is_not_cached(replica, visitor, cache):
    make_helpline(name="Night line")
    refresh.refresh(cache)
    replica.settings_dict["IS_REPLICA"] = True
    number = cache.version.number
    cache.version.number = number + 5
    assert "Night line" in visitor.ask("/help-now/").text
    assert cache.pages == {}
    cache.version.number = number
    visitor.ask("/help-now/")
    assert list(cache.pages) == ["/help-now/"]


def test_locked_database_is_left_in_peace_for_a_while(replica, client, monkeypatch):
    client.raise_request_exception = False

    def locked(*args):
        raise OperationalError("database is locked")

    monkeypatch.setattr(views, "render", locked)
    assert not snapshot.circuit.is_open
    client.get("/help-now/")
    assert snapshot.circuit.is_open


def test_trouble_of_a_staff_page_leaves_public_pages_alone(replica, client, monkeypatch):
    client.raise_request_exception = False

    def deadlock(*args, **kwargs):
        raise OperationalError("deadlock detected")

    monkeypatch.setattr("django.contrib.auth.forms.AuthenticationForm.clean", deadlock)
    answer = client.post("/admin/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 500
    assert not snapshot.circuit.is_open


def test_address_without_a_page_needs_no_database(replica, client):
    snapshot.circuit.open()
    assert client.get("/nothing/at/all/").status_code == 404
    assert client.get("/contact/").status_code == 200


def test_change_shows_on_a_replica_that_lags(replica, visitor, cache, monkeypatch):
    """Whoever published waits up to a second for the database that pages are read from."""
    make_helpline()
    refresh.refresh(cache)
    asked, real = [], refresh.refresh

    def lagging(cache):
        asked.append(1)
        return real(cache) if len(asked) > 3 else False

    monkeypatch.setattr(refresh, "refresh", lagging)
    monkeypatch.setattr(refresh, "WAIT_FOR_REPLICA_SECONDS", PATIENCE)
    Helpline.objects.update(name="Late line")
    refresh.refresh_own(cache)
    assert len(asked) == 4
    assert "Late line" in visitor.ask("/help-now/").text


def test_visitors_never_wait_for_a_locked_table(replica, visitor, cache, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite locks no tables")
    make_helpline(name="Night line")
    good = visitor.ask("/help-now/")
    Helpline.objects.update(name="Renamed line")
    refresh.refresh(cache)
    migration = connection.copy()
    migration.set_autocommit(False)
    try:
        with migration.cursor() as cursor:
            cursor.execute("LOCK TABLE contact_helpline IN ACCESS EXCLUSIVE MODE")
        # Who waited for the table would do so for ever.
        assert visitor.ask("/help-now/") == good
        assert visitor.ask("/help-now/") == good
    finally:
        migration.rollback()
        migration.close()
    snapshot.circuit.close()
    monkeypatch.setattr(handler, "REST_SECONDS", 0)
    assert "Renamed line" in visitor.ask("/help-now/").text


def test_pages_that_count_tries_are_not_read_from_a_snapshot(rf):
    """What they write would fail there, and let the circuit open for all pages."""
    for path in ("/review/some-key/", "/review/some-key/page/", "/contact/", "/admin/"):
        assert not snapshot.may_be_public(rf.get(path)), path
    assert snapshot.may_be_public(rf.get("/articles/"))
