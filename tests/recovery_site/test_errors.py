import io

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.test import Client

from recovery_site import errors
from tests.factories import make_staff

HELP = ('href="tel:+18882810805"', 'href="tel:911"', 'href="tel:988"')


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500])
def test_error_page_helps_without_database_or_request(status):
    response = errors.error_page(status)
    assert response.status_code == status
    assert all(link in response.text for link in HELP)
    assert response.text.count("<h1") == 1


def test_failing_error_page_leaves_a_last_resort(monkeypatch, rf):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(errors, "render_to_string", fail)
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert all(link in response.text for link in HELP)


def test_unknown_address_gets_our_page(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert all(link in response.text for link in HELP)


def test_crash_gets_our_page(monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("recovery_site.views.Article.objects.published", crash)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert all(link in response.text for link in HELP)


def test_wrong_method_gets_our_page(client):
    response = client.post("/help-now/")
    assert response.status_code == 405
    assert all(link in response.text for link in HELP)


def test_foreign_host_gets_our_page(client):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert all(link in response.text for link in HELP)


def test_oversized_post_gets_our_page(client):
    response = client.post("/contact/", {"name": "x" * 3_000_000})
    assert response.status_code == 413
    assert all(link in response.text for link in HELP)


def test_handlers_answer_with_their_status(rf):
    request = rf.get("/")
    assert errors.bad_request(request, SuspiciousOperation()).status_code == 400
    assert errors.bad_request(request, RequestDataTooBig()).status_code == 413
    assert errors.permission_denied(request, PermissionDenied()).status_code == 403
    assert errors.csrf_failure(request).status_code == 403


@pytest.mark.django_db
def test_staff_are_told_what_is_so_and_visitors_what_helps_them():
    staff = Client()
    staff.force_login(make_staff("Editors"))
    refused = staff.get("/intake/")
    assert refused.status_code == 403
    assert "Your account may not do this" in refused.text
    assert "sign in" not in refused.text
    sent = staff.post("/admin/import/", {"file": io.BytesIO(b"x" * 12_000_000)})
    assert sent.status_code == 413
    assert "choose a smaller file" in sent.text
    assert "your name and number" not in sent.text
    too_long = Client().post("/contact/", {"name": "x" * 3_000_000}).text
    assert "your name and number" in too_long
