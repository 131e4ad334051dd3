import logging
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from contact.lifecycle import journal
from tests.factories import MESSAGE, NAME, callback_payload

SUMMARY = 'id="error-summary"'
NAVIGATION = {"sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}

pytestmark = pytest.mark.django_db(databases=[])


def send(client, **over):
    return client.post("/contact/", callback_payload(phone="555-0123", **over), headers=NAVIGATION)


def test_browser_is_sent_to_an_address_that_shows_errors_and_every_word(client):
    response = send(client)
    assert response.status_code == 303
    page = client.get(response["Location"])
    shown = unescape(page.text)
    assert page.status_code == 200
    for word in (NAME, MESSAGE, "555-0123", "my nephew Quentin", "relay service please"):
        assert word in shown
    assert 'id="id_phone_error"' in shown
    assert SUMMARY in shown
    for name, value in (("best_time", "evening"), ("time_zone", "America/New_York")):
        assert f'<option value="{value}" selected>' in shown.partition(f'name="{name}"')[2]
    assert f'name="key" value="{callback_payload()["key"]}"' in shown
    assert not response.cookies
    assert not page.cookies
    assert journal.waiting_count() == 0


def test_address_with_words_is_kept_by_nobody_and_tells_nothing(client, settings, caplog):
    caplog.set_level(logging.DEBUG)
    location = send(client)["Location"]
    page = client.get(location, headers={"accept-encoding": "br, gzip"})
    assert page["Cache-Control"] == "no-store, private"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    # What stands beside a stranger's choice of words is not compressed.
    assert "Content-Encoding" not in page
    logged = "\n".join(record.getMessage() for record in caplog.records)
    files = b"".join(p.read_bytes() for p in settings.DATA_DIR.rglob("*") if p.is_file())
    for secret in (NAME, "555-0123", "5550123", "zebrafinch", "nephew"):
        assert secret not in location
        assert secret not in logged
        assert secret.encode() not in files


def test_length_of_the_address_hides_the_length_of_the_words(client):
    lengths = {len(send(client, name=name)["Location"]) for name in ("A", "Annabel", "Ana B.")}
    assert len(lengths) == 1


def test_words_are_shown_for_a_quarter_of_an_hour(client, monkeypatch):
    location, now = send(client)["Location"], timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=14))
    assert NAME in unescape(client.get(location).text)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=16))
    page = client.get(location)
    assert page.status_code == 200
    assert NAME not in unescape(page.text)
    assert SUMMARY not in page.text


@pytest.mark.parametrize("token", ["", "x", "%00", "é", "AAAA" * 500])
def test_forged_address_shows_the_blank_form(client, token):
    page = client.get(f"/contact/?again={token}")
    assert page.status_code == 200
    assert SUMMARY not in page.text


def test_token_of_a_thank_you_shows_no_words(client):
    thanks = client.post("/contact/", callback_payload(), headers=NAVIGATION)["Location"]
    token = urlsplit(thanks).query.removeprefix("r=")
    assert SUMMARY not in client.get(f"/contact/?again={token}").text


def test_words_too_long_for_an_address_come_back_at_once(client):
    long = "made-up words " * 400
    response = send(client, message=long)
    assert response.status_code == 200
    assert long.strip() in unescape(response.text)
    longest = send(client, message=long[:4200])["Location"]
    assert len(longest) < 8000
    assert long[:4200].strip() in unescape(client.get(longest).text)
