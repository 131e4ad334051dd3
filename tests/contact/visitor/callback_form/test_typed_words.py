import logging
import os
import time
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from contact.lifecycle.journal import journal
from contact.visitor.callback_form import accepted_forms, typed_words
from tests.factories import MESSAGE, NAME, callback_payload

SUMMARY = 'id="error-summary"'
NAVIGATION = {"sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}

pytestmark = pytest.mark.django_db(databases=[])


def refuse(*args, **options):
    raise PermissionError


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


def accept(client):
    assert "thanks" in client.post("/contact/", callback_payload(), headers=NAVIGATION)["Location"]


def test_words_are_gone_from_every_address_once_the_form_was_accepted(client):
    addresses = [send(client, name=name)["Location"] for name in ("Ysolde Once", "Ysolde Twice")]
    accept(client)
    for address in addresses:
        shown = unescape(client.get(address).text)
        for word in ("Ysolde", MESSAGE, "555-0123", "nephew", callback_payload()["key"], SUMMARY):
            assert word not in shown
        assert "This form was sent, and we have it." in shown
    other = send(client, name="Ysolde Other", key="another visitor's")["Location"]
    assert "Ysolde Other" in client.get(other).text


def test_machines_that_share_a_cache_know_what_another_accepted(client, settings, tmp_path):
    location = send(client)["Location"]
    accept(client)
    settings.DATA_DIR = tmp_path
    assert NAME not in unescape(client.get(location).text)


def test_what_is_corrected_after_it_was_accepted_comes_back_with_its_words(client):
    accept(client)
    again = send(client)["Location"]
    assert NAME in unescape(client.get(again).text)


def test_accepted_form_is_noted_for_as_long_as_its_words_could_be_shown(settings, client):
    accept(client)
    [note] = (settings.DATA_DIR / "journal" / "accepted").iterdir()
    assert note.read_bytes() == b""
    assert callback_payload()["key"] not in note.name
    accepted_forms.forget_old()
    assert note.exists()
    long_ago = time.time() - typed_words.TYPED_KEPT_SECONDS - 1
    os.utime(note, (long_ago, long_ago))
    accepted_forms.forget_old()
    assert not note.exists()


def test_form_is_accepted_where_nothing_can_be_noted(client, monkeypatch, caplog):
    monkeypatch.setattr("pathlib.Path.touch", refuse)
    accept(client)
    assert "an accepted form can't be noted (PermissionError)" in caplog.text


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
