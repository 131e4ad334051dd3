import re

import brotli
import pytest
from django.test import Client

from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/contact/", "/nowhere/", "/admin/login/", "/healthz"])
def test_policy_allows_nothing_unsafe_and_no_foreign_origin(client, path):
    response = client.get(path)
    # What a header cannot say without naming hashes, the page says.
    policy = response.headers["Content-Security-Policy"]
    in_page = r'http-equiv="Content-Security-Policy" content="([^"]+)"'
    policy += " ".join(re.findall(in_page, response.text))
    assert "default-src 'none'" in policy or path == "/healthz"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


def test_other_sites_do_not_learn_that_a_visitor_comes_from_here(client):
    assert client.get("/").headers["Referrer-Policy"] == "same-origin"


def test_public_policy_carries_no_nonce(client):
    assert "nonce" not in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/contact/", "/contact/thanks/", "/search/", "/admin/login/"])
def test_private_page_is_neither_stored_nor_referred(client, path):
    headers = client.get(path).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["/contact/thanks/", "/contact/my-request/", "/search/", "/admin/login/", "/intake/"],
)
def test_private_page_is_not_found_by_searching(client, path):
    assert client.get(path).headers["X-Robots-Tag"] == "noindex"


def test_form_can_be_found_by_searching_as_the_sitemap_says(client):
    assert "X-Robots-Tag" not in client.get("/contact/").headers
    assert "<loc>http://localhost:8000/contact/</loc>" in client.get("/sitemap-site.xml").text


def test_browser_features_are_switched_off(client):
    headers = client.get("/").headers
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


LOGIN = {"username": "editor", "password": "a long passphrase", "next": "/admin/"}


def log_in(headers):
    make_staff("Editors", username="editor")
    client = Client(enforce_csrf_checks=True)
    client.get("/admin/login/")
    token = client.cookies["csrftoken"].value
    return client.post("/admin/login/", LOGIN | {"csrfmiddlewaretoken": token}, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "null"},
        {"origin": "http://testserver"},
        {},
    ],
)
def test_own_form_is_taken_although_the_page_sends_no_referrer(headers, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert log_in(headers).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_foreign_form_is_refused(headers, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert log_in(headers).status_code == 403


def test_form_without_token_is_refused(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(enforce_csrf_checks=True)
    response = client.post("/admin/login/", LOGIN, headers={"sec-fetch-site": "same-origin"})
    assert response.status_code == 403


@pytest.mark.parametrize("path", ["/contact/thanks/", "/contact/my-request/", "/search/?q=heroin"])
def test_pages_of_visitors_without_a_secret_of_others_go_out_compressed(client, path):
    response = client.get(path, headers={"accept-encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "br"
    assert response.headers["Cache-Control"] == "no-store, private"
    assert brotli.decompress(response.content).rstrip().endswith(b"</html>")


def test_page_of_a_request_goes_out_as_it_is(client):
    words = {"reference": "AAAA-BBBB", "digits": "0123"}
    everything = {"accept-encoding": "br, gzip"}
    response = client.post("/contact/my-request/", words, headers=everything)
    assert "Content-Encoding" not in response.headers
