import time
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.http import HttpResponse
from django.utils import timezone

from recovery_site.middleware import trust_proxies
from recovery_site.sign_in.models import StaffSession
from tests.factories import make_staff


@pytest.fixture
def seen(rf, settings):
    """The address and scheme header that views see, for META given."""
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1")]

    def look(**meta):
        request = rf.get("/", **meta)
        trust_proxies(lambda request: HttpResponse())(request)
        return request.META["REMOTE_ADDR"], request.META.get("HTTP_X_FORWARDED_PROTO")

    return look


def test_trusted_proxy_is_believed(seen):
    meta = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen(REMOTE_ADDR="10.0.0.1", **meta) == ("203.0.113.7", "https")


def test_stranger_is_not_believed(seen):
    meta = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert seen(REMOTE_ADDR="198.51.100.1", **meta) == ("198.51.100.1", None)


def test_invented_hops_left_of_the_real_one_are_ignored(seen):
    meta = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.7, 10.0.0.2"}
    assert seen(REMOTE_ADDR="10.0.0.1", **meta)[0] == "203.0.113.7"


@pytest.mark.parametrize("chain", ["", " , ", "nonsense"])
def test_damaged_chain_never_fails(seen, chain):
    assert seen(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=chain)[0]


def test_unix_socket_has_no_address(seen):
    assert seen(REMOTE_ADDR="")[0] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["aaaaaaaaaaaaaaaa", "", "\x00", "x" * 4000])
def test_visitor_with_any_cookie_needs_no_session(client, django_assert_num_queries, cookie):
    client.cookies["sessionid"] = cookie
    with django_assert_num_queries(0):
        response = client.get("/contact/")
    assert not response.cookies
    assert not StaffSession.objects.exists()


@pytest.mark.django_db
def test_staff_cookie_is_not_looked_at_on_public_pages(client, django_assert_num_queries):
    client.force_login(make_staff("Editors"))
    with django_assert_num_queries(0):
        assert not client.get("/contact/").cookies
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "idna", "undefined", "rot13", "utf-7", "utf-16", "x"])
def test_form_in_an_odd_charset_keeps_its_words(client, charset):
    body = b"".join(
        b'--XX\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field
        for field in ((b"name", b"Kept +2AA- \\ud800"), (b"phone", b"12"), (b"key", b"+2AA-"))
    )
    response = client.generic(
        "POST",
        "/contact/",
        body + b"--XX--\r\n",
        content_type=f"multipart/form-data; boundary=XX; charset={charset}",
    )
    assert response.status_code == 200
    assert "Kept +2AA-" in response.text


def test_chunked_form_is_refused_with_our_page(client):
    headers = {"transfer-encoding": "chunked"}
    response = client.post("/contact/", {"name": "x"}, headers=headers)
    assert response.status_code == 400
    assert "tel:+18882810805" in response.text


@pytest.mark.django_db
def test_staff_are_logged_off_after_fifteen_idle_minutes(client, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    client.force_login(make_staff("Editors"))
    assert client.get("/admin/").status_code == 200
    assert StaffSession.objects.get().expire_date == now + timedelta(minutes=15)
    StaffSession.objects.update(expire_date=now - timedelta(seconds=1))
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


@pytest.mark.django_db
def test_work_keeps_staff_logged_in_and_is_written_down_once_a_minute(client, monkeypatch):
    soon, now = timezone.now() + timedelta(minutes=5), time.time()
    monkeypatch.setattr("recovery_site.middleware.time.time", lambda: now)
    client.force_login(make_staff("Editors"))
    client.get("/admin/")
    StaffSession.objects.update(expire_date=soon)
    client.get("/admin/")
    assert StaffSession.objects.get().expire_date == soon
    monkeypatch.setattr("recovery_site.middleware.time.time", lambda: now + 61)
    client.get("/admin/")
    assert StaffSession.objects.get().expire_date > soon
