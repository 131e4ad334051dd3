import base64
import errno
import hashlib
import json
import logging
import re
from datetime import UTC, datetime, time, timedelta
from html import unescape
from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest, OpeningHours, SpecialDay
from contact.privacy import rate_limit
from contact.visitor.callback_form import forms
from contact.visitor.told import snapshot_writing
from tests.factories import MESSAGE, NAME, callback_payload

FIELDS = [name for name in callback_payload() if name not in ("key", "company")]
WORDS = ["name", "phone", "relationship", "needs", "message"]
CHOICES = ["calling_for", "announce", "voicemail", "best_time", "time_zone", "language"]
BAD_TEXT = {
    "null": "a\x00b",
    "controls": "".join(map(chr, range(32))) + "\x7f",
    "html": "<script>alert(1)</script><b>x</b>\"'>",
    "template": "{{ settings.SECRET_KEY }}{% now 'Y' %}%(x)s{0}",
    "emoji": "🌵👩‍👩‍👧🏽",
    "bidi": "\u202eabc\u2066שלום\u2069",
    "replacement": "\ufffd\ufffe\uffff",
    "long": "m" * 1_000_000,
    "lines": "a\r\nb\rc\nd",
    "spaces": "   ",
    "path": "../../etc/passwd",
    "number": "9" * 400,
}
# 10 a.m. in Phoenix, on a Wednesday.
TEN = datetime(2026, 3, 4, 17, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def send(client, **over):
    return client.post("/contact/", callback_payload(**over))


def received():
    journal.drain()
    return CallbackRequest.objects.get()


def page_text(response):
    return unescape(response.content.decode()).replace("\u00a0", " ")


@pytest.mark.django_db(databases=[])
def test_the_form_is_shown_without_cookie_or_database(client):
    response = client.get("/contact/")
    page = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    for name in (*FIELDS, "key", "company"):
        assert f'name="{name}"' in page
    assert "csrf" not in page
    assert 'value="no" id="id_announce_0" checked' in page
    assert '<option value="none" selected>' in page
    assert "A person makes the call" in page


def test_labels_hints_and_errors_belong_to_their_inputs(client):
    page = send(client, phone="555-0123").content.decode()
    assert '<label class="field__label" for="id_phone">' in page
    assert 'aria-invalid="true" aria-describedby="id_phone_helptext id_phone_error"' in page
    assert 'id="id_phone_error"' in page
    assert '<a href="#id_phone">' in page
    assert 'role="alert"' in page
    assert "data-error-summary" in page


def test_a_request_is_kept_and_thanked_for(client):
    response = send(client)
    assert response.status_code == 303
    assert response["Location"].startswith("/contact/thanks/?r=")
    assert not response.cookies
    thanks = client.get(response["Location"])
    request = received()
    assert str(request) in thanks.content.decode()
    assert (request.name, request.phone, request.extension) == (NAME, "+16025550123", "12")
    assert request.phone_as_typed == "(602) 555-0123 ext. 12"
    assert (request.relationship, request.needs) == ("my nephew Quentin", "relay service please")
    assert request.message == MESSAGE
    assert (request.calling_for, request.announce, request.voicemail) == (
        "someone_else", "no", "none",
    )  # fmt: skip
    assert (request.best_time, request.time_zone, request.language) == (
        "evening", "America/New_York", "es",
    )  # fmt: skip
    assert request.consent_version == forms.CONSENT_VERSION
    assert request.status == "new"
    assert not request.suspected_spam
    assert request.created_at <= request.received_at


def test_only_name_and_phone_are_needed_and_silence_is_safe(client):
    assert client.post("/contact/", {"name": "Ana", "phone": "6025550123"}).status_code == 303
    request = received()
    assert (request.calling_for, request.announce, request.voicemail) == ("self", "no", "none")
    assert (request.best_time, request.time_zone, request.language) == ("any", "", "en")


@pytest.mark.parametrize("name", CHOICES)
def test_a_blank_choice_is_the_safe_one(client, name):
    assert send(client, **{"relationship": "", name: ""}).status_code == 303
    safe = {"calling_for": "self", "announce": "no", "voicemail": "none", "best_time": "any"}
    expected = safe | {"time_zone": "", "language": "en"}
    assert getattr(received(), name) == expected[name]


def test_who_says_who_they_are_to_them_asks_about_someone_else(client):
    assert send(client, calling_for="self", relationship="my son").status_code == 303
    assert received().calling_for == "someone_else"


def test_a_voicemail_that_would_tell_what_nobody_may_learn_is_asked_about(client):
    page = send(client, announce="no", voicemail="full")
    assert page.status_code == 200
    assert "we may not say that to anyone else" in page_text(page)
    assert journal.waiting_count() == 0


def test_the_thanks_repeat_the_end_of_the_number_that_is_kept(client):
    assert "the number that ends in 0123." in strip_tags(thanks_of(client, phone="602-555-0123"))
    told = thanks_of(
        client, phone="six oh two five five five oh one four two, option three", key="b"
    )
    assert "the number that ends in 0142, extension 3." in strip_tags(told)
    journal.drain()
    kept = CallbackRequest.objects.order_by("created_at").last()
    assert (kept.phone, kept.extension) == ("+16025550142", "3")


@pytest.mark.parametrize("name", ["name", "phone"])
def test_name_and_phone_are_asked_for_when_missing(client, name):
    response = send(client, **{name: " "})
    assert response.status_code == 200
    assert f'id="id_{name}_error"' in response.content.decode()
    assert journal.waiting_count() == 0


@pytest.mark.parametrize("zone", ["Asia/Calcutta", "America/Argentina/Buenos_Aires"])
def test_any_real_time_zone_is_taken_and_stays_chosen(client, zone):
    page = send(client, time_zone=zone, phone="").content.decode()
    assert f'<option value="{zone}" selected>' in page
    assert send(client, time_zone=zone).status_code == 303


@pytest.mark.parametrize(
    "zone", ["Etc/Unknown", "undefined", "UTC", "Etc/UTC", "GMT", "Etc/GMT", "Atlantic/Reykjavik"]
)
def test_a_browser_that_does_not_know_its_zone_is_no_error(client, zone):
    assert send(client, time_zone=zone).status_code == 303
    assert received().time_zone == ""


@pytest.mark.parametrize("value", ["nonsense", "<b>", "\x00", "x" * 10_000, "../x", "🌵"])
def test_an_unknown_choice_is_explained_and_nothing_is_lost(client, value):
    response = send(client, **dict.fromkeys(CHOICES, value))
    page = page_text(response)
    assert response.status_code == 200
    # A time zone of control characters is none.
    for name in CHOICES if value != "\x00" else set(CHOICES) - {"time_zone"}:
        assert f'id="id_{name}_error"' in page
        assert list(form_with(name, value).errors) == [name]
    assert NAME in page
    assert MESSAGE in page
    assert journal.waiting_count() == 0


def form_with(name, value):
    return forms.CallbackForm(callback_payload(**{name: value}))


@pytest.mark.parametrize("name", [*FIELDS, "key", "company"])
def test_strange_input_is_kept_or_explained_beside_its_field(name):
    for kind, value in BAD_TEXT.items():
        form = form_with(name, value)
        if form.is_valid():
            assert form.payload()["phone"] == "+16025550123", kind
        else:
            assert set(form.errors) <= {name, "__all__"}, kind
            kept = {other: form[other].value() for other in ("name", "message") if other != name}
            assert kept.items() <= callback_payload().items(), kind


@pytest.mark.parametrize("kind", BAD_TEXT)
def test_strange_input_is_never_an_error(client, kind):
    # All together are no longer than a request may be.
    value = BAD_TEXT[kind][:100_000]
    response = send(client, **dict.fromkeys(WORDS, value))
    assert response.status_code == 200
    assert "data-error-summary" in page_text(response)
    assert journal.waiting_count() == 0
    response = send(client, relationship=value, needs=value, key=value, company=value)
    if response.status_code == 200:
        page = page_text(response)
        assert "data-error-summary" in page
        assert NAME in page
        assert MESSAGE in page
        assert journal.waiting_count() == 0
    else:
        assert response.status_code == 303
        assert received().phone == "+16025550123"


@pytest.mark.parametrize("kind", ["html", "template", "emoji", "bidi", "path"])
def test_words_are_stored_as_they_were_typed(client, kind):
    typed = dict.fromkeys(("name", "relationship", "needs", "message"), BAD_TEXT[kind])
    send(client, **typed)
    asked = received()
    assert {name: getattr(asked, name) for name in typed} == typed


@pytest.mark.parametrize("name", ["key", "company"])
@pytest.mark.parametrize("value", ["a\x00b", "\x00", "\x1b"])
def test_the_forms_own_fields_never_stop_a_request(client, name, value):
    assert send(client, **{name: value}).status_code == 303
    assert received().suspected_spam is (value == "a\x00b" and name == "company")


def test_without_a_script_the_answer_opens_at_the_errors(client):
    page = send(client, phone="").content.decode()
    assert 'action="/contact/#error-summary"' in page
    assert page.count('id="error-summary"') == 1


def test_markup_is_shown_as_text(client):
    page = send(client, name="<script>alert(1)</script>{{ 7|add:7 }}", phone="").content.decode()
    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page


def test_too_much_text_says_how_much(client):
    page = send(client, message="m" * 5003).content.decode()
    assert "This is 3 characters too long. Please shorten it to 5000." in page
    assert "m" * 5003 in page


def test_line_ends_count_once_and_control_characters_vanish(client):
    send(client, message="a\r\n" * 2500, name="A\x00n\x1ba")
    assert (received().message, received().name) == (("a\n" * 2500).strip(), "Ana")


def test_halves_of_surrogate_pairs_do_no_harm():
    form = forms.CallbackForm(callback_payload(name="Ana \ud83d", time_zone="\udc00", key="\ud800"))
    assert form.is_valid()
    assert form.payload()["name"] == "Ana"
    assert journal.append(form.payload(), form.cleaned_data["key"])


def test_raw_bytes_that_are_no_text_do_no_harm(client):
    body = b"name=%ED%A0%80%FF%00Ana&phone=6025550123&message=%C3%28&key=%ED%A0%80"
    form = "application/x-www-form-urlencoded"
    assert client.post("/contact/", body, content_type=form).status_code == 303
    assert received().name.endswith("Ana")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "multipart/mixed"])
def test_other_content_types_get_the_form(client, content_type):
    response = client.post("/contact/", b'{"name": "Ana"}', content_type=content_type)
    assert response.status_code == 200
    assert "data-error-summary" in response.content.decode()


def test_a_missing_body_gets_the_form(client):
    assert client.post("/contact/").status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/contact/").status_code == 405


@pytest.mark.parametrize("method", ["head", "options"])
def test_harmless_methods_are_fine(client, method):
    assert getattr(client, method)("/contact/").status_code == 200


def test_a_filled_honeypot_is_kept_and_marked(client):
    assert send(client, company="Cheap pills").status_code == 303
    assert received().suspected_spam


# One request, however often it is sent


def test_sending_the_same_twice_makes_one_request(client):
    first, second = send(client), send(client)
    assert journal.waiting_count() == 1
    journal.drain()
    third = send(client)
    journal.drain()
    assert CallbackRequest.objects.count() == 1
    thanks = [client.get(response["Location"]) for response in (first, second, third)]
    assert len({response.context["reference"] for response in thanks}) == 1


def test_a_correction_after_going_back_makes_a_second_request(client):
    send(client)
    send(client, phone="602-555-0199")
    journal.drain()
    assert CallbackRequest.objects.count() == 2


def test_two_people_with_the_same_words_make_two_requests(client):
    send(client, key="one")
    send(client, key="two")
    send(client, key="")
    send(client, key="")
    assert journal.waiting_count() == 4


# When something is in the way


def test_a_cross_site_post_is_asked_to_press_again_with_its_words(client):
    data = callback_payload()
    response = client.post("/contact/", data, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert MESSAGE in response.content.decode()
    assert journal.waiting_count() == 0
    again = client.post("/contact/", data, headers={"sec-fetch-site": "same-origin"})
    assert again.status_code == 303


def test_no_csrf_token_and_no_cookie_are_needed():
    assert send(Client(enforce_csrf_checks=True)).status_code == 303


def spend_budget(client, count=rate_limit.USUAL_POSTS):
    for n in range(count):
        assert send(client, key=f"visit {n}").status_code == 303


def test_a_flood_keeps_the_words_shows_the_number_and_takes_them_when_pressed_again(
    client, settings, staffed
):
    spend_budget(client)
    response = send(client, key="mine")
    assert response.status_code == 429
    assert response["Retry-After"] == "600"
    assert MESSAGE in response.text
    link = f'<a href="tel:+18882810805"><bdi>{settings.SITE_PHONE}</bdi></a> now'
    assert f"It is quicker to call {link}" in response.text
    assert 'href="tel:911"' in response.text
    assert journal.waiting_count() == rate_limit.USUAL_POSTS
    token = re.search(r'name="anyway" value="([^"]+)"', response.text)[1]
    assert send(client, key="another form", anyway=token).status_code == 429
    taken = send(client, key="mine", anyway=token)
    assert taken.status_code == 303
    assert not client.get(taken["Location"]).context["promise"]
    journal.drain()
    [last] = CallbackRequest.objects.filter(set_apart="network")
    assert last.priority == CallbackRequest.Priority.AUTOMATIC
    other = client.post("/contact/", callback_payload(), REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 303


def test_wrong_forms_and_repeated_ones_shut_nobody_out(client):
    """In a library, many share one address."""
    for _ in range(rate_limit.USUAL_POSTS + 1):
        assert send(client, name="", phone="").status_code == 200
        assert send(client, key="once").status_code == 303
    assert send(client, key="mine").status_code == 303
    assert journal.waiting_count() == 2


def test_danger_from_a_network_that_sent_many_is_taken_at_once(client):
    snapshot_writing.write_snapshot()
    spend_budget(client)
    assert send(client, key="mine", message="I want to die").status_code == 303
    journal.drain()
    [danger] = CallbackRequest.objects.filter(priority=0)
    assert danger.set_apart == "network"


def test_no_network_fills_the_disk(client, monkeypatch):
    monkeypatch.setattr(rate_limit, "MOST_POSTS", rate_limit.USUAL_POSTS)
    spend_budget(client)
    response = send(client, key="mine")
    assert response.status_code == 429
    assert "anyway" not in response.text
    assert MESSAGE in response.text


def test_one_ipv6_household_is_one_sender(rf):
    posts = [rf.post("/", REMOTE_ADDR=f"2001:db8:{end}") for end in (":1", ":2", "1::1")]
    assert [rate_limit.allows(post, "form", posts=1) for post in posts] == [True, False, True]


def test_each_purpose_and_each_subject_has_a_limit_of_its_own(rf):
    post = rf.post("/", REMOTE_ADDR="192.0.2.7")
    assert rate_limit.allows(post, "one", 1, 60)
    assert rate_limit.allows(post, "other", 1, 60)
    assert not rate_limit.allows(post, "one", 1, 60)
    assert [rate_limit.allows_subject("of", who, 1, 60) for who in "aab"] == [True, False, True]


def test_the_rate_limit_stores_no_address(rf):
    rate_limit.allows(rf.post("/", REMOTE_ADDR="192.0.2.7"), "form")
    assert cache._cache
    assert "192.0.2.7" not in repr(cache._cache)


def test_a_broken_cache_keeps_nobody_out(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(rate_limit.cache, "add", refuse)
    assert send(client).status_code == 303


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
def test_a_disk_that_refuses_keeps_the_words_and_shows_the_number(
    client, settings, monkeypatch, number
):
    def refuse(*args, **kwargs):
        raise OSError(number, "no")

    monkeypatch.setattr("os.link", refuse)
    response = send(client)
    assert response.status_code == 503
    assert MESSAGE in response.content.decode()
    link = f'<a href="tel:+18882810805"><bdi>{settings.SITE_PHONE}</bdi></a> now.'
    assert f"in a minute, or call {link}" in response.content.decode()
    assert journal.waiting_count() == 0
    assert list((settings.DATA_DIR / "journal" / "new").iterdir()) == []
    monkeypatch.undo()
    assert send(client).status_code == 303


def test_a_dead_database_does_not_matter(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the visitor's request touched the database")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "ensure_connection", refuse)
    response = send(client)
    assert response.status_code == 303
    assert client.get(response["Location"]).status_code == 200


# Thanks


@pytest.mark.parametrize("query", ["", "?r=", "?r=K7MQ4XWD", "?r=K7MQ4XWD:1:2", "?r=%00&r=%FF"])
def test_a_forged_reference_leads_to_the_neutral_page(client, query):
    response = client.get(f"/contact/thanks/{query}", follow=True)
    assert response.status_code == 200
    assert "?" not in "".join(address for address, _status in response.redirect_chain)
    page = response.content.decode()
    assert "K7MQ" not in page
    assert "Thank you" not in page
    for address in ('"tel:911"', '"tel:988"', '"sms:988"', '"tel:+1', '"/contact/my-request/"'):
        assert f"href={address}" in page.partition("<main")[2]


@pytest.mark.parametrize(("minutes", "is_shown"), [(14, True), (16, False)])
def test_the_address_of_the_thanks_opens_for_a_quarter_of_an_hour(
    client, monkeypatch, minutes, is_shown
):
    location = send(client, message="I want to die")["Location"]
    later = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: later)
    response = client.get(location, follow=True)
    assert bool(response.context["reference"]) == is_shown
    assert response.redirect_chain == ([] if is_shown else [("/contact/thanks/", 303)])


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_thanks_can_only_be_read(client, method):
    assert getattr(client, method)("/contact/thanks/").status_code == 405


# Nothing personal leaks


def test_no_log_line_address_or_file_tells_who_asked(client, settings, caplog):
    caplog.set_level(logging.DEBUG)
    response = send(client)
    send(client, phone="555-0123", key="other")
    journal.drain()
    journal.reconcile()
    secrets = (NAME, "5550123", "555-0123", "zebrafinch", "nephew", "relay service")
    logged = "\n".join(record.getMessage() for record in caplog.records)
    files = b"".join(p.read_bytes() for p in settings.DATA_DIR.rglob("*") if p.is_file())
    for secret in secrets:
        assert secret not in logged
        assert secret not in urlsplit(response["Location"]).query
        assert secret.encode() not in files


def test_changed_consent_text_gets_a_new_version():
    """A stored version must always lead to the very words that were agreed to."""
    html = render_to_string("contact/consent.html", {"site": {"name": "the centre"}})
    shown = "".join(html.strip().splitlines())
    assert (forms.CONSENT_VERSION, hashlib.sha256(shown.encode()).hexdigest()) == (
        "2026-11-22",
        "43488c3c24ec8caee86c7f45adb04f1cb7e07484f8da6188a4a69161cc4678a1",
    )


# What the visitor is told


@pytest.fixture
def staffed(monkeypatch):
    """A desk in Phoenix from 9 to 18 on weekdays; it is Wednesday, 10 o'clock."""
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(18))
    monkeypatch.setattr(timezone, "now", lambda: TEN)
    snapshot_writing.write_snapshot()


def thanks_of(client, **over):
    return page_text(client.get(send(client, **over)["Location"]))


def test_without_opening_hours_nothing_is_promised(client):
    assert snapshot_writing.write_snapshot()
    assert "we will call by" not in page_text(client.get("/contact/"))
    assert "We will call you as soon as we can." in thanks_of(client)
    assert received().promised_by is None


def test_the_form_says_until_when_on_the_desks_clock(client, staffed):
    page = page_text(client.get("/contact/"))
    assert "we will call by <strong>11 a.m. today (Arizona time)</strong>" in page


def test_an_old_snapshot_says_nothing(client, staffed, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TEN + timedelta(minutes=11))
    assert "we will call by" not in page_text(client.get("/contact/"))
    assert "We will call you as soon as we can." in thanks_of(client)


def test_the_thanks_tell_each_on_their_own_clock_and_it_is_kept(client, staffed):
    told = thanks_of(client, best_time="any", time_zone="America/New_York")
    assert "We will call you by <strong>1 p.m. today, your time</strong>" in told
    assert received().promised_by == TEN + timedelta(hours=1)
    assert received().call_by == received().promised_by


@pytest.mark.parametrize(
    ("preferences", "told"),
    [
        ({"best_time": "any", "time_zone": ""}, "11 a.m. today (Arizona time)"),
        ({"best_time": "morning", "time_zone": "America/New_York"}, "noon tomorrow, your time"),
        ({"best_time": "evening", "time_zone": "America/New_York"}, "6 p.m. today, your time"),
        ({"best_time": "any", "time_zone": "Asia/Tokyo"}, "9 a.m. today, your time"),
    ],
)
def test_the_promise_follows_what_they_chose(client, staffed, preferences, told):
    assert f"<strong>{told}</strong>" in thanks_of(client, **preferences)


def promise(monkeypatch, moment):
    name = "contact.visitor.told.desk_snapshot.DeskSnapshot.promise"
    monkeypatch.setattr(name, lambda *args: moment)


def test_a_promise_that_has_passed_is_owned_up_to(client, staffed, monkeypatch):
    promise(monkeypatch, TEN + timedelta(minutes=10))
    location = send(client, best_time="any")["Location"]
    monkeypatch.setattr(timezone, "now", lambda: TEN + timedelta(minutes=12))
    page = page_text(client.get(location))
    assert "You should have had our call by 12:10 p.m. today, your time." in page
    assert "We will call you by" not in page


def test_a_promise_that_new_hours_break_is_no_longer_given(client, staffed):
    location = send(client, best_time="any", message="Hello")["Location"]
    assert "We will call you by" in page_text(client.get(location))
    SpecialDay.objects.create(date="2026-03-04", name="Made-up closing")
    snapshot_writing.write_snapshot()
    page = page_text(client.get(location))
    assert "We first said by 1 p.m. today, your time. Our hours have changed since" in page
    assert "We will call you by" not in page


HAWAII = {"time_zone": "Pacific/Honolulu", "best_time": "evening"}
WHY = "Our desk is closed in the hours you chose, so we will call at another time of day."


def test_hours_in_which_the_desk_is_closed_are_owned_up_to(client, staffed):
    told = thanks_of(client, **HAWAII)
    assert "We will call you by <strong>9 a.m. today, your time</strong>" in told
    after = told.partition(WHY)[2]
    assert 'href="/contact/my-request/">change when we call, or cancel' in after
    assert 'href="tel:+18882810805"' in after.partition("</div>")[0]
    assert WHY not in thanks_of(client, **HAWAII | {"best_time": "morning"})


def test_they_are_owned_up_to_without_a_promise_too(client, staffed, monkeypatch):
    promise(monkeypatch, TEN + timedelta(minutes=10))
    location = send(client, **HAWAII)["Location"]
    promise(monkeypatch, None)
    assert WHY in thanks_of(client, **HAWAII, key="another")
    monkeypatch.setattr(timezone, "now", lambda: TEN + timedelta(minutes=12))
    late = page_text(client.get(location))
    assert "You should have had our call" in late
    assert WHY not in late


def test_where_our_whole_day_is_their_night_nothing_is_promised(client, staffed):
    told = thanks_of(client, time_zone="Asia/Kolkata", best_time="any")
    assert "We will call you as soon as we can." in told
    assert "we may call you: 8 a.m. to 9 p.m. on your clock." in told
    assert received().promised_by is None


def test_hours_that_can_not_be_told_stop_nobody(client, staffed, monkeypatch, caplog):
    monkeypatch.setattr(
        "contact.visitor.told.status_text.overlaps_opening_hours", lambda *args: 1 / 0
    )
    told = thanks_of(client, **HAWAII)
    assert "We will call you by" in told
    assert WHY not in told
    assert "ZeroDivisionError" in caplog.text


NOW = "As soon as you can, also at night"


def test_a_call_at_night_is_offered_by_a_desk_that_is_open_then_and_taken_by_all(
    client, staffed, monkeypatch
):
    assert NOW not in page_text(client.get("/contact/"))
    told = thanks_of(client, best_time="now", key="by day")
    assert "Our desk is not open at night, so we call by day" in told
    assert received().best_time == "now"
    # Whoever chose it keeps it in a form that comes back.
    assert 'value="now" selected' in send(client, best_time="now", phone="").text
    OpeningHours.objects.create(weekday=2, opens=time(21), closes=time(0))
    snapshot_writing.write_snapshot()
    assert NOW in page_text(client.get("/contact/"))
    # Wednesday, 11 p.m.
    monkeypatch.setattr(timezone, "now", lambda: TEN + timedelta(hours=13))
    snapshot_writing.write_snapshot()
    told = thanks_of(client, best_time="now", phone="602-555-0188")
    assert "We will call you by <strong>2 a.m. today, your time" in told
    assert "by day" not in told


DANGER = {"message": "I don’t want\nto live", "needs": "no respira"}


@pytest.mark.parametrize("name", DANGER)
def test_words_that_may_mean_danger_put_the_crisis_lines_first(client, name):
    snapshot_writing.write_snapshot()
    page = thanks_of(client, **{name: DANGER[name]})
    main = page.partition("<main")[2]
    assert main.index('href="tel:911"') < main.index('href="sms:988"') < main.index("<h1")
    assert main.index("_danger") < main.index("<h1")
    assert page.count("<h1") == 1
    assert "autofocus" not in page
    assert received().priority == CallbackRequest.Priority.DANGER


@pytest.mark.parametrize(
    ("message", "language"),
    [("ya no quiero vivir", "es"), ("I want to die", "en"), ("i wanna unalive myself", "en")],
)
def test_they_are_shown_in_the_language_of_the_words(client, message, language):
    snapshot_writing.write_snapshot()
    main = thanks_of(client, message=message).partition("<main")[2]
    assert ('lang="es" aria-labelledby="_danger"' in main) is (language == "es")
    assert ("Llame al 988" in main) is (language == "es")
    assert ("Call 988" in main) is (language == "en")
    assert 'href="tel:911"' in main


@pytest.mark.parametrize("field", ["name", "relationship"])
def test_danger_is_seen_wherever_it_was_written(client, field):
    snapshot_writing.write_snapshot()
    assert "_danger" in thanks_of(client, **{field: "my son is not breathing"})


WHOLE_DAYS, WEEKS = timedelta(hours=10), timedelta(days=9)
OPEN, CLOSED, UNKNOWN = "open", "closed", "unknown"
SAID = {
    OPEN: ("Our desk is open now. We call you", "Ahora estamos abiertos."),
    CLOSED: ("Our desk is closed now. We call you", "Ahora estamos cerrados."),
    UNKNOWN: ("We call you as soon as we can. You can also", "Usted también puede llamarnos:"),
}


@pytest.mark.parametrize(("language", "message"), [(0, "I want to die"), (1, "quiero morir")])
@pytest.mark.parametrize(
    ("later", "is_fresh", "desk"),
    [
        (timedelta(), True, OPEN),
        (WHOLE_DAYS, True, CLOSED),
        (timedelta(), False, UNKNOWN),
        (WEEKS, False, UNKNOWN),
    ],
)
def test_danger_is_promised_no_hour_and_told_who_answers_now(
    client, staffed, monkeypatch, language, message, later, is_fresh, desk
):
    """The desk is open on this Wednesday until 6 p.m.; an old snapshot says nothing of it."""
    monkeypatch.setattr(timezone, "now", lambda: TEN - (not is_fresh) * timedelta(minutes=11))
    snapshot_writing.write_snapshot()
    monkeypatch.setattr(timezone, "now", lambda: TEN + later)
    if is_fresh:
        snapshot_writing.write_snapshot()
    page = thanks_of(client, message=message)
    main = " ".join(page.partition("<main")[2].split())
    assert SAID[desk][language] in main
    block = main.partition("</section>")[0]
    assert ("tel:+18882810805" in block) is (desk != CLOSED)
    assert 'href="sms:988"' in block
    assert "We will call you by" not in main
    assert WHY not in main
    assert received().promised_by is None


@pytest.mark.parametrize(
    ("over", "language"),
    [
        ({"phone": "555-0123", "message": "I took all my pills and want to die"}, "en"),
        ({"name": "", "message": "", "needs": "quiero morir"}, "es"),
    ],
)
def test_danger_in_a_form_that_comes_back_leads_to_help_before_the_errors(client, over, language):
    """Nothing of it is kept yet, and who reads it may not send it again."""
    snapshot_writing.write_snapshot()
    page = send(client, **over).text
    summary = page.partition('id="error-summary"')[2]
    assert summary.index('href="tel:911"') < summary.index("Please check this first")
    assert ("Llame al 988" in summary) is (language == "es")
    assert "we will call by" not in page


@pytest.mark.parametrize("refusal", [429, 503])
def test_danger_in_a_form_that_is_refused_leads_to_help(client, monkeypatch, refusal):
    snapshot_writing.write_snapshot()
    if refusal == 429:
        monkeypatch.setattr(rate_limit, "MOST_POSTS", 0)
    if refusal == 503:
        monkeypatch.setattr(journal, "append", Mock(side_effect=OSError(errno.ENOSPC, "full")))
    response = send(client, message="I want to die")
    assert response.status_code == refusal
    assert "_danger" in response.text.partition('id="error-summary"')[2]


def test_ordinary_words_in_a_form_that_comes_back_raise_no_alarm(client):
    snapshot_writing.write_snapshot()
    assert "_danger" not in send(client, phone="555-0123").text


def test_without_such_words_they_follow_below(client):
    snapshot_writing.write_snapshot()
    main = thanks_of(client).partition("<main")[2]
    assert main.index("<h1") < main.index('href="tel:911"') < main.index('href="sms:988"')
    assert "_danger" not in main


def test_the_address_of_the_thanks_tells_nothing(client, staffed):
    lengths = set()
    longest = {"time_zone": "America/Argentina/ComodRivadavia", "best_time": "afternoon"}
    australia, nowhere = {"phone": "+61 491 570 156"}, {"phone": "+1 800 555 0199"}
    words = {"message": "I want to die"}, {"time_zone": "", "message": "Hi"}
    for over in (*words, longest, longest | words[0], australia, nowhere, {}):
        location = send(client, key=str(over), **over)["Location"]
        token = parse_qs(urlsplit(location).query)["r"][0]
        assert re.fullmatch(r"[-\w]+", token, re.ASCII)
        shown = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        reference = client.get(location).context["reference"].encode()
        for secret in (reference, reference.replace(b"-", b""), b"urgent", b"2026", b"America"):
            assert secret not in shown
            assert secret not in location.encode()
        lengths.add(len(token))
    assert len(lengths) == 1
    assert len(location) < 400


@pytest.mark.parametrize("failing", ["promise", "phrases"])
def test_whatever_can_not_be_told_stops_nobody(client, staffed, monkeypatch, caplog, failing):
    def fail(*args):
        raise ZeroDivisionError

    target = (
        "contact.visitor.told.desk_snapshot.DeskSnapshot.promise"
        if failing == "promise"
        else "contact.danger.rules.Rules.findings"
    )
    monkeypatch.setattr(target, fail)
    assert "as soon as we can" in thanks_of(client, message="I want to die")
    assert client.get("/contact/").status_code == 200
    assert journal.waiting_count() == 1
    assert "ZeroDivisionError" in caplog.text


def test_danger_shows_even_when_no_promise_can_be_made(client, staffed, monkeypatch):
    monkeypatch.setattr(
        "contact.visitor.told.desk_snapshot.DeskSnapshot.promise", lambda *args: 1 / 0
    )
    assert "_danger" in thanks_of(client, message="I want to die")


def test_form_and_thanks_lead_to_ones_own_request(client):
    for page in (page_text(client.get("/contact/")), thanks_of(client)):
        assert 'href="/contact/my-request/"' in page


@pytest.mark.django_db(databases=[])
def test_pages_with_a_promise_need_no_database(client, settings):
    schedule = {"weekly": {"2": [["09:00:00", "18:00:00"]]}, "special": {}}
    values = {
        "schedule": schedule | {"time_zone": "America/Phoenix"},
        "target_minutes": 60, "minutes_per_call": 20, "due": 3, "ahead": [], "at_desk": 1,
        "promised": "", "phrases": ["gun"], "written_at": timezone.now().isoformat(),
    }  # fmt: skip
    (settings.DATA_DIR / "bulletin.json").write_text(json.dumps(values))
    assert "we will call by" in page_text(client.get("/contact/"))
    page = thanks_of(client, message="Hello", time_zone="Pacific/Honolulu")
    assert WHY in page
    assert "We will call you by" in page
    assert "_danger" in thanks_of(client, message="gun", time_zone="Pacific/Honolulu")


# The article they came from


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("http://testserver/articles/why-is-heroin-so-addictive/", "why-is-heroin-so-addictive"),
        ("http://testserver/articles/why_2/?q=1#part", "why_2"),
        ("http://testserver/articles/", ""),
        ("http://testserver/articles/topics/detox/", ""),
        ("http://testserver/faq/is-it/", ""),
        ("http://testserver/", ""),
        ("https://example.org/articles/detox/", ""),
        ("http://testserver.example.org/articles/detox/", ""),
        ("http://user@testserver/articles/detox/", ""),
        ("http://testserver/articles/Detox/", ""),
        ("http://testserver/articles/%22%3E/", ""),
        (f"http://testserver/articles/{'a' * 100}/", "a" * 100),
        (f"http://testserver/articles/{'a' * 101}/", ""),
        ("http://[", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_the_article_that_led_here_is_offered(client, referrer, source):
    page = client.get("/contact/", headers={"referer": referrer})
    hidden = re.search(r'<input type="hidden" name="source"[^>]*>', page.content.decode())[0]
    assert re.search(r'value="([^"]*)"', hidden + 'value=""')[1] == source
    assert client.get("/contact/").context["form"]["source"].value() in (None, "")


def test_the_article_is_kept_with_the_request(client):
    send(client, source="why-is-heroin-so-addictive", phone="")
    assert send(client, source="why-is-heroin-so-addictive").status_code == 303
    assert received().source == "why-is-heroin-so-addictive"


@pytest.mark.parametrize("source", ["<b>", "a b", "A", "../x", "x" * 101, "x\0", "é", "x\n"])
def test_any_other_source_is_dropped_without_a_word(client, source):
    page = page_text(send(client, source=source, phone=""))
    assert "_source_error" not in page
    assert page.count('<li><a href="#id_') == 1
    assert send(client, source=source).status_code == 303
    assert received().source == ""


def test_our_own_number_is_not_taken_for_theirs(client, settings):
    response = send(client, phone=settings.SITE_PHONE)
    assert response.status_code == 200
    assert "This is our own number. Which number should we call?" in response.text
    assert journal.drain() == 0
    assert not CallbackRequest.objects.exists()
