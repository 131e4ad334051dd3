"""Files that are sent with forms: none is written anywhere, few are taken."""

import tempfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contact.lifecycle.journal import journal
from contact.staff_admin.place_files.sheet import MAX_BYTES
from tests.factories import callback_payload, make_staff

pytestmark = pytest.mark.django_db
# More than Django keeps in memory by itself.
LARGE = 3 * 1024 * 1024


@pytest.fixture(autouse=True)
def no_temporary_file(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a file would be written in plain text")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)


def a_file(size):
    return SimpleUploadedFile("letter.txt", b"x" * size)


def test_the_form_takes_no_file_and_drops_a_small_one_unread(client):
    answered = client.post("/contact/", callback_payload() | {"letter": a_file(100)})
    assert answered.status_code == 303
    assert not answered.wsgi_request.FILES
    assert journal.waiting_count() == 1


@pytest.mark.parametrize("path", ["/contact/", "/contact/my-request/", "/admin/login/", "/search/"])
def test_a_large_file_is_refused_before_it_is_read(client, path):
    answered = client.post(path, callback_payload() | {"letter": a_file(LARGE)})
    assert answered.status_code in (405, 413)
    assert "888-281-0805" in answered.text


@pytest.mark.parametrize("path", ["/admin/import/", "/admin/contact/place/import/"])
def test_pages_that_take_a_file_take_it_from_staff_alone_and_in_memory(client, path):
    stranger = Client(enforce_csrf_checks=True)
    for size in (100, LARGE):
        assert stranger.post(path, {"file": a_file(size)}).status_code == 403
    # One whose form has a token is read, but for its file.
    stranger.get("/admin/login/")
    token = stranger.cookies[settings.CSRF_COOKIE_NAME].value
    sent = stranger.post(path, {"csrfmiddlewaretoken": token, "file": a_file(100)})
    assert sent.wsgi_request.POST
    assert not sent.wsgi_request.FILES
    client.force_login(make_staff("Editors", "Intake leads"))
    taken = client.post(path, {"file": a_file(MAX_BYTES)}).wsgi_request.FILES
    assert [each.size for each in taken.values()] == [MAX_BYTES]
    assert client.post(path, {"file": a_file(20 * MAX_BYTES)}).status_code == 413
