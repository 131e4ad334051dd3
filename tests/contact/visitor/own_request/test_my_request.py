import logging
import re
from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from contact.lifecycle.changes import stops
from contact.lifecycle.journal import journal
from contact.models import AuditEntry, CallbackRequest, OpeningHours, Place, SpecialDay
from contact.privacy import rate_limit, tokens
from contact.visitor.own_request import lookup, my_request, pages
from tests.factories import MESSAGE, NAME, callback_payload, make_request, make_staff

URL = "/contact/my-request/"
# 10 a.m. in Phoenix, on a Wednesday.
TEN = datetime(2026, 3, 4, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is Wednesday, 10 o'clock; the test may turn the clock."""
    shown = {"now": TEN}
    monkeypatch.setattr(timezone, "now", lambda: shown["now"])
    return shown


@pytest.fixture
def staffed():
    """The desk is in Phoenix, from 9 to 18 on weekdays."""
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(18))


def look_up(client, request, digits="0123", **over):
    return client.post(URL, {"reference": str(request), "digits": digits} | over)


def token_on(response):
    return re.search(r'name="token" value="([^"]+)"', response.content.decode())[1]


def act(client, request, do, **over):
    """Press a button on the page of the request, which was opened before."""
    token = tokens.encode(pages.PURPOSE, {"request": str(request.pk)})
    return client.post(URL, {"token": token, "do": do} | over)


def change(client, request, **over):
    preferences = {"best_time": request.best_time, "time_zone": request.time_zone, "at": ""}
    return act(client, request, "change", **preferences | over)


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def fresh(request):
    return CallbackRequest.objects.get(pk=request.pk)


# The way in


@pytest.mark.django_db(databases=[])
def test_the_way_in_needs_no_database_and_sets_no_cookie(client):
    response = client.get(URL)
    assert response.status_code == 200
    assert not response.cookies
    assert 'name="reference"' in text(response)
    assert 'name="digits"' in text(response)
    assert "csrf" not in text(response)


def test_reference_and_digits_open_the_request(client):
    response = look_up(client, make_request())
    assert response.status_code == 200
    assert not response.cookies
    assert "What you chose" in text(response)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("write", [str.lower, lambda r: f" {r} ", lambda r: r.replace("-", " ")])
def test_the_reference_may_be_written_in_any_way(client, write):
    request = make_request()
    assert "What you chose" in text(look_up(client, request, reference=write(str(request))))


@pytest.mark.parametrize("digits", ["0123", " 01 23", "(602) 555-0123", "٠١٢٣", "０１２３"])
def test_the_digits_may_be_written_in_any_way(client, digits):
    assert "What you chose" in text(look_up(client, make_request(), digits))


def test_what_was_sent_can_be_found_and_cancelled_at_once(client):
    thanks = client.get(client.post("/contact/", callback_payload())["Location"])
    journal.drain()
    request = CallbackRequest.objects.get()
    assert thanks.context["reference"] == str(request)
    act(client, request, "cancel_now")
    assert fresh(request).outcome == "cancelled"


def test_nothing_that_says_who_asked_is_on_the_page(client):
    request = make_request(relationship="my nephew Quentin", needs="relay service")
    page = text(look_up(client, request))
    for secret in (NAME, "555-01", "5550", MESSAGE, "Quentin", "relay"):
        assert secret not in page.partition("<main")[2].partition("</main")[0]
    assert str(request) not in re.search("<title>(.*?)</title>", page)[1]


def test_looking_is_in_the_audit_trail(client):
    request = make_request()
    look_up(client, request, "9999")
    assert not AuditEntry.objects.exists()
    look_up(client, request)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.request_id) == ("viewed", request.pk)
    assert entry.actor_name == "visitor"
    assert (entry.actor, entry.detail) == (None, {})


# Guessing


def guesses():
    real = make_request()
    emptied = make_request(outcome="came_in")
    emptied.purge()
    return {
        "unknown reference": ("K7MQ-4XWD", "0123"),
        "wrong digits": (str(real), "0124"),
        "too few digits": (str(real), "123"),
        "no digits": (str(real), ""),
        "emptied": (str(emptied), "0123"),
        "emptied, no digits": (str(emptied), ""),
        "malformed": ("nonsense", "0123"),
        "too long": (str(real) + "2", "0123"),
        "nothing": ("", ""),
        "strange": ("\x00<b>é🌵", "\x00²³½"),
        "huge": ("K" * 100_000, "1" * 100_000),
    }


def test_every_failure_is_the_very_same_page(client):
    pages = {}
    for kind, (reference, digits) in guesses().items():
        response = client.post(URL, {"reference": reference, "digits": digits})
        assert response.status_code == 200
        pages[kind] = re.sub(
            r'(name="(?:reference|digits)" )(?:value="[^"]*" )?', r"\1", response.content.decode()
        )
        assert "We find no request with this reference and these digits" in pages[kind]
    assert len(set(pages.values())) == 1


def test_every_failure_takes_one_query_and_opens_one_value(
    client, django_assert_num_queries, monkeypatch
):
    opened = []
    real = lookup.unseal
    monkeypatch.setattr(
        "contact.privacy.encryption.unseal", lambda *a: opened.append(a) or real(*a)
    )
    monkeypatch.setattr(
        "contact.visitor.own_request.lookup.unseal", lambda *a: opened.append(a) or real(*a)
    )
    for reference, digits in guesses().values():
        opened.clear()
        # With the savepoint around it, inside of the test's own transaction.
        with django_assert_num_queries(3):
            client.post(URL, {"reference": reference, "digits": digits})
        assert len(opened) == 1


def test_a_number_that_can_not_be_opened_is_not_found(client):
    request = make_request()
    moved = make_request(reference=request.reference, phone="+16025550199")
    CallbackRequest.objects.filter(pk=moved.pk).update(phone=fresh(request).__dict__["phone"])
    assert "What you chose" in text(look_up(client, request))
    for digits in ("", "0199"):
        assert "We find no request" in text(look_up(client, request, digits))


def test_a_reference_that_two_people_share_opens_the_one_with_these_digits(client):
    first = make_request(best_time="morning")
    make_request(reference=first.reference, phone="+16025550199", best_time="evening")
    assert "Morning (8" in text(look_up(client, first)).partition("What you chose")[2][:200]
    assert "Evening (5" in text(look_up(client, first, "0199")).partition("What you chose")[2][:200]


def test_of_two_with_the_same_digits_the_open_one_is_shown(client):
    closed = make_request(outcome="came_in", created_at=TEN)
    waiting = make_request(reference=closed.reference, created_at=TEN - HOUR)
    assert look_up(client, closed).context["callback"] == waiting


def test_after_ten_tries_of_one_reference_the_phone_is_the_way(client, settings, clock):
    request = make_request()
    for number in range(my_request.TRIES):
        address = f"192.0.2.{number}"
        answer = client.post(
            URL, {"reference": str(request), "digits": "9999"}, REMOTE_ADDR=address
        )
        assert answer.status_code == 200
    response = look_up(client, request)
    assert response.status_code == 429
    assert "What you chose" not in text(response)
    link = f'<a href="tel:+18882810805"><bdi>{settings.SITE_PHONE}</bdi></a>'
    assert f"Please call {link}, or" in text(response).partition("<main")[2]
    other = make_request()
    assert look_up(client, other).status_code == 200


def test_the_limit_holds_for_references_that_nobody_has(client):
    for _ in range(my_request.TRIES):
        client.post(URL, {"reference": "K7MQ-4XWD", "digits": "0123"})
    answer = client.post(URL, {"reference": "k7mq 4xwd", "digits": "0123"})
    assert answer.status_code == 429


def test_one_network_may_not_try_for_ever(client):
    for _ in range(my_request.POSTS):
        assert client.post(URL, {"reference": "?", "digits": "?"}).status_code == 200
    response = client.post(URL, {"reference": "?", "digits": "?"})
    assert response.status_code == 429
    assert 'value="?"' in text(response)
    assert client.post(URL, {}, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.post("/contact/", callback_payload()).status_code == 303


def test_failures_leave_no_trace_of_what_was_tried(client, caplog):
    caplog.set_level(logging.DEBUG)
    request = make_request()
    look_up(client, request, "9999")
    look_up(client, request)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert request.reference not in logged.replace("-", "")
    assert "9999" not in logged
    assert "0123" not in logged


def test_a_post_from_another_site_is_asked_to_press_again(client):
    request = make_request()
    data = {"reference": str(request), "digits": "0123"}
    response = client.post(URL, data, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert str(request) in text(response)
    token = token_on(look_up(client, request))
    data = {"token": token, "do": "cancel_now"}
    assert client.post(URL, data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert fresh(request).is_open


def test_no_csrf_token_and_no_cookie_are_needed():
    assert "What you chose" in text(look_up(Client(enforce_csrf_checks=True), make_request()))


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(URL).status_code == 405


# How it stands


def status_of(client, **over):
    return text(look_up(client, make_request(**over)))


def test_a_promise_is_repeated(client):
    page = status_of(client, promised_by=TEN + HOUR, call_by=TEN + HOUR)
    assert "We will call you by 11 a.m. today, your time." in page


def test_a_plan_is_called_a_plan(client, staffed):
    tomorrow = TEN + timedelta(days=1)
    page = status_of(
        client, due_at=tomorrow, time_zone="America/New_York", status="trying", tries=2
    )
    assert "We plan to call you between noon and 1 p.m. tomorrow, your time." in page
    assert "We have called 2 times so far." in page
    assert "We plan to call you by 11 a.m. today, your time." in status_of(client)


def test_without_their_zone_the_desks_clock_is_named(client):
    page = status_of(client, promised_by=TEN + HOUR, call_by=TEN + HOUR, time_zone="")
    assert "We will call you by 11 a.m. today (Arizona time)." in page


def test_without_opening_hours_no_time_is_made_up(client):
    assert "We will call you as soon as we can." in status_of(client)


def test_a_missed_promise_is_owned_up_to(client, clock):
    request = make_request(promised_by=TEN + HOUR, call_by=TEN + HOUR)
    clock["now"] = TEN + 2 * HOUR
    page = text(look_up(client, request))
    assert "You should have had our call by 11 a.m. today, your time. We are late" in page


def test_a_request_that_waits_for_a_lead_says_so(client):
    page = status_of(client, status="lead", tries=1)
    assert "deciding how to go on" in page
    assert "We have called 1 time so far." in page


def test_a_call_under_way_is_mentioned(client):
    held = {"claimed_by": make_staff(), "claimed_until": TEN + HOUR}
    assert "your phone may ring" in status_of(client, **held)
    assert "your phone may ring" not in status_of(client)


@pytest.mark.parametrize("outcome", CallbackRequest.Outcome.values)
def test_a_closed_request_says_how_it_ended_and_no_more(client, outcome):
    shelter = Place.objects.create(name="Example Shelter")
    over = {"referred_to": shelter} if outcome == "referred" else {}
    page = status_of(client, outcome=outcome, tries=3, **over).partition("<main")[2]
    assert "Ask for a new call" in page
    assert "Change when we call" not in page
    assert "Cancel this request" not in page
    assert "Shelter" not in page
    assert "spam" not in page.lower()
    assert ("Don’t call me again" in page) is (outcome != "stop")


# Danger, and hours that can't be kept to


def is_above_everything(page, mark):
    main = page.partition("<main")[2]
    return 0 < main.index(mark) < main.index('href="sms:988"') < main.index("<h1")


@pytest.mark.parametrize("do", ["", "cancel", "stop", "change", "cancel_now", "stop_now"])
def test_words_that_may_mean_danger_show_the_crisis_lines_on_every_page(client, do):
    urgent = make_request(priority=CallbackRequest.Priority.DANGER)
    page = text(act(client, urgent, do))
    assert is_above_everything(page, "_danger")
    assert page.count("<h1") == 1
    assert "_danger" not in text(act(client, make_request(), do))


def test_crisis_lines_come_with_a_mistake_and_with_a_late_look_too(client):
    request = make_request(priority=CallbackRequest.Priority.DANGER)
    assert is_above_everything(text(look_up(client, request)), "_danger")
    assert is_above_everything(text(change(client, request, at="soon")), "_danger")
    assert is_above_everything(text(look_up(client, request, do="cancel")), "_danger")


@pytest.mark.parametrize(
    ("hour", "words", "never"),
    [
        (10, "Our desk is open now. We call you as soon as we can", "once our desk is open"),
        (20, "We will call you as soon as we can once our desk is open.", "desk is open now"),
    ],
)
def test_danger_is_promised_no_hour_but_the_next_moment_of_the_desk(
    client, staffed, clock, hour, words, never
):
    clock["now"] = TEN.replace(hour=17) + (hour - 10) * HOUR
    tomorrow = clock["now"] + 20 * HOUR
    asked = make_request(
        priority=0, due_at=tomorrow, call_by=tomorrow, promised_by=tomorrow, best_time="evening"
    )
    page = text(look_up(client, asked)).partition("<main")[2]
    assert words in page
    assert never not in page
    assert "tomorrow" not in page.partition("What you chose")[0]
    assert "We do not wait for the time of day you chose." in page


def test_a_time_that_somebody_in_danger_named_is_repeated(client, staffed):
    asked = make_request(priority=0)
    page = text(change(client, asked, at="2026-03-05T10:00"))
    assert "We plan to call you between" in page
    assert "We do not wait" not in page


def test_whoever_was_reached_is_told_the_plan_again(client, staffed):
    asked = make_request(
        priority=0, danger_at=TEN - HOUR, reached_at=TEN - HOUR / 2, call_by=TEN + 2 * HOUR
    )
    page = text(look_up(client, asked))
    assert "We plan to call you by" in page
    assert "Our desk is open now" not in page


HAWAII = {"time_zone": "Pacific/Honolulu", "best_time": "evening"}
WHY = "Our desk is closed in the hours you chose, so we will call at another time of day."


def test_hours_in_which_the_desk_is_closed_are_owned_up_to(client, staffed):
    page = status_of(client, **HAWAII)
    assert WHY in page
    after = page.partition(WHY)[2]
    assert 'href="#change">change when we call, or cancel' in after
    assert 'href="tel:+18882810805"' in after.partition("</div>")[0]
    assert WHY not in status_of(client, **HAWAII | {"best_time": "morning"})


def test_it_is_told_as_soon_as_such_hours_are_chosen(client, staffed):
    page = text(change(client, make_request(), **HAWAII))
    assert "Saved." in page
    assert WHY in page


def test_a_time_that_they_named_themselves_needs_no_such_words(client, staffed):
    page = text(change(client, make_request(**HAWAII), at="2026-03-05T10:00"))
    assert "We plan to call you between 10 a.m. and 10:15 a.m. tomorrow, your time." in page
    assert WHY not in page


@pytest.mark.parametrize("over", [{"outcome": "came_in"}, {"status": "lead", "tries": 3}])
def test_requests_without_a_planned_call_say_nothing_of_hours(client, staffed, over):
    assert WHY not in status_of(client, **HAWAII | over)


def test_without_opening_hours_nothing_is_said_of_the_hours(client):
    assert WHY not in status_of(client, **HAWAII)


def test_without_a_time_zone_that_is_the_reason(client, staffed, clock):
    # While New York and Los Angeles have winter time, it is then 6 p.m. in Phoenix.
    clock["now"] = TEN - timedelta(days=49)
    page = status_of(client, time_zone="", best_time="evening")
    assert "We do not know your time zone, so we can’t be sure to call in the hours" in page
    assert "time zone, so" not in status_of(client, time_zone="", best_time="any")


@pytest.mark.parametrize("best_time", ["any", "morning"])
def test_where_our_whole_day_is_their_night_no_call_is_announced(client, staffed, best_time):
    # 9:30 p.m. to 6:30 a.m. there.
    request = make_request(best_time="any", time_zone="America/Phoenix")
    page = text(change(client, request, best_time=best_time, time_zone="Asia/Kolkata"))
    assert "Our desk is closed at the hours in which we may call you" in page
    assert "We will call you as soon as we can." in page
    assert "We plan to call" not in page


# Changing it


def test_other_hours_and_another_zone_are_saved_and_planned(client, staffed):
    request = make_request(best_time="any")
    page = text(change(client, request, best_time="evening", time_zone="America/New_York"))
    assert "Saved." in page
    request = fresh(request)
    assert (request.best_time, request.time_zone) == ("evening", "America/New_York")
    assert request.due_at == TEN + 5 * HOUR
    assert "We plan to call you between 5 p.m. and 6 p.m. today, your time." in page
    assert AuditEntry.objects.filter(request_id=request.pk, action="changed wishes").exists()


def test_a_named_time_is_meant_on_their_own_clock(client, staffed):
    request = make_request(time_zone="America/New_York")
    page = text(change(client, request, at="2026-03-05T15:30"))
    assert "We plan to call you between 3:30 p.m. and 3:45 p.m. tomorrow, your time." in page
    assert fresh(request).due_at == datetime(2026, 3, 5, 20, 30, tzinfo=UTC)


def test_a_named_time_is_told_back_though_the_hours_are_unknown(client):
    page = text(change(client, make_request(), at="2026-03-05T15:30"))
    assert "We plan to call you between 3:30 p.m. and 3:45 p.m. tomorrow, your time." in page


def test_a_named_time_brings_back_what_waits_for_the_leads(client, staffed):
    request = make_request(status="lead", tries=3)
    change(client, request, at="2026-03-05T15:30")
    assert fresh(request).status == "trying"


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_named_time_moves_this_request_alone(client, staffed, is_linked):
    request = make_request()
    other = make_request(**{"person": request.person} if is_linked else {})
    change(client, request, at="2026-03-05T15:30")
    assert fresh(request).due_at == datetime(2026, 3, 5, 22, 30, tzinfo=UTC)
    assert (fresh(other).due_at, fresh(other).version) == (TEN, 0)


def test_nothing_new_changes_nothing(client):
    request = make_request()
    assert "Nothing was changed." in text(change(client, request))
    assert fresh(request).version == request.version


@pytest.mark.parametrize("zone", ["Europe/Berlin", ""])
def test_a_zone_that_the_list_lacks_stays_chosen(client, zone):
    request = make_request(time_zone=zone)
    assert f'<option value="{zone}" selected>' in text(look_up(client, request))
    assert "Nothing was changed." in text(change(client, request))


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"at": "soon"}, "Write it like this"),
        ({"at": "2026-03-04T09:59"}, "That time has passed"),
        ({"at": "2026-03-04T10:00"}, "That time has passed"),
        ({"at": "2026-05-05T10:00"}, "within the next 60 days"),
        ({"at": "0001-01-01T00:00"}, "within the next 60 days"),
        ({"at": "9999-12-31T23:59"}, "within the next 60 days"),
        ({"at": "2026-03-05"}, "The first time after it is 9 a.m. tomorrow, your time"),
        ({"at": "2026-03-05T07:59"}, "The first time after it is 9 a.m. tomorrow, your time"),
        ({"at": "2026-03-05T21:00"}, "The first time after it is 9 a.m. on Friday, your time"),
        ({"at": "2026-03-05T15:30", "time_zone": ""}, "Choose your time zone too"),
        ({"at": "2026-03-07T15:30"}, "The first time after it is 9 a.m. on Monday, your time"),
        ({"at": "2026-03-05T18:00"}, "The first time after it is 9 a.m. on Friday, your time"),
        ({"time_zone": "Mars/Base"}, "We do not know this time zone"),
        ({"best_time": "midnight"}, "That answer is not on the list"),
        ({"at": "x" * 5000}, "Write it like this"),
        ({"at": "\x00\ud800".encode("utf-8", "replace").decode() + "<b>"}, "Write it like this"),
    ],
)
def test_what_can_not_be_kept_is_explained_and_nothing_changes(client, staffed, over, words):
    request = make_request()
    response = change(client, request, **over)
    assert words in text(response)
    assert "data-error-summary" in text(response)
    assert fresh(request).version == request.version
    for name, value in over.items():
        if value.isprintable() and name == "at":
            assert f'value="{value}"'.replace("<b>", "&lt;b&gt;") in response.content.decode()


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("hour", ["06:00", "07:59", "21:00"])
def test_outside_of_the_day_only_what_they_insist_on(client, hour, is_known):
    for weekday in range(7 if is_known else 0):
        OpeningHours.objects.create(weekday=weekday, opens=time(0), closes=time(0))
    request = make_request()
    at = f"2026-03-05T{hour}"
    page = text(change(client, request, at=at))
    assert "That is before 8 a.m. or after 9 p.m. If you mean it, tick the box" in page
    assert fresh(request).version == request.version
    change(client, request, at=at, exactly="on")
    assert fresh(request).due_at == datetime.fromisoformat(f"{at}-07:00")


def test_another_time_is_asked_for_without_pointing_at_the_box(client, staffed):
    hawaii = make_request(time_zone="Pacific/Honolulu")
    # Our desk opens at 6 a.m. there: the first time by day is told, unless they mean any time.
    page = text(change(client, hawaii, at="2026-03-04T22:00"))
    assert "The first time after it is 8 a.m. tomorrow, your time" in page
    assert "tick the box" not in page
    assert "Saved." in text(change(client, hawaii, at="2026-03-05T08:00"))
    page = text(change(client, hawaii, at="2026-03-04T22:00", exactly="on"))
    assert "The first time after it is 6 a.m. tomorrow, your time" in page


def test_where_the_desk_is_never_staffed_by_day_its_own_hours_are_told(client, staffed):
    page = text(change(client, make_request(time_zone="Asia/Kolkata"), at="2026-03-05T12:00"))
    assert "The first time after it is 9:30 p.m. tomorrow, your time" in page


def test_insisting_does_not_open_the_desk(client, staffed):
    request = make_request()
    page = text(change(client, request, at="2026-03-05T06:00", exactly="on"))
    assert "Nobody is at our desk then" in page
    SpecialDay.objects.create(date="2026-03-05", name="Holiday")
    page = text(change(client, request, at="2026-03-05T11:00"))
    assert "The first time after it is 9 a.m. on Friday" in page


def test_a_closed_desk_calls_when_it_next_opens_only_with_a_yes_of_its_own(client, staffed):
    SpecialDay.objects.create(date="2026-03-05", name="Made-up holiday")
    request = make_request()
    change(client, request, at="2026-03-05T11:00", exactly="on")
    assert fresh(request).version == request.version
    page = text(change(client, request, at="2026-03-05T11:00", when_open="on"))
    assert "We plan to call you between 9 a.m. and 9:15 a.m. on Friday, your time." in page
    # An open desk calls at the time that they named.
    change(client, request, at="2026-03-06T11:00", when_open="on")
    assert fresh(request).due_at == datetime(2026, 3, 6, 18, tzinfo=UTC)


def test_a_clock_that_skips_an_hour_loses_nobody(client):
    request = make_request(time_zone="America/New_York")
    change(client, request, at="2026-03-08T02:30", exactly="on")
    assert fresh(request).due_at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_it_works_while_someone_is_on_the_phone(client, staffed):
    staff = make_staff()
    request = make_request(claimed_by=staff, claimed_until=TEN + HOUR)
    assert "your phone may ring" in text(change(client, request, best_time="evening"))
    assert fresh(request).claimed_by == staff
    assert fresh(request).version > request.version
    act(client, request, "cancel_now")
    assert fresh(request).outcome == "cancelled"


# What was done, said where it is noticed


@pytest.mark.parametrize(
    ("do", "title"),
    [
        ("change", "Saved · Your request"),
        ("cancel_now", "Cancelled · Your request"),
        ("stop_now", "No more calls · Your request"),
        ("", "Your request"),
    ],
)
def test_title_and_focus_say_what_was_done(client, settings, do, title):
    page = text(act(client, make_request(), do))
    assert f"<title>{title} · {settings.SITE_NAME}</title>" in page
    # Without a script, the fragment of the form's address leads the focus there.
    notice = '<p class="review review--done" role="status" id="error-summary" tabindex="-1">'
    assert (notice in page) is bool(do)
    assert page.count('id="error-summary"') == bool(do)
    for action in re.findall('<form[^>]* action="(/contact/[^"]*)"', page):
        assert action == f"{URL}#error-summary"


def test_title_says_what_was_not_saved(client):
    request = make_request()
    assert "<title>Nothing changed · " in text(change(client, request))
    kept = {"do": "change", "at": "2026-03-05T15:30"}
    assert "<title>Not saved yet · " in text(look_up(client, request, **kept))
    token = token_on(look_up(client, request))
    CallbackRequest.objects.update(status="closed", outcome="came_in", closed_at=TEN)
    late = client.post(URL, {"token": token, "do": "change", "best_time": "morning"})
    assert "<title>Not saved · " in text(late)


def test_in_danger_the_crisis_lines_take_the_focus(client):
    request = make_request(priority=CallbackRequest.Priority.DANGER)
    page = text(change(client, request))
    assert page.count('id="error-summary"') == 1
    assert 'aria-labelledby="_danger" id="error-summary" tabindex="-1"' in page
    assert "Nothing was changed." in page
    page = text(change(client, request, at="soon"))
    assert page.count('id="error-summary"') == 1


# Ending it


def test_cancelling_asks_first_and_then_closes_this_one(client):
    request, other = make_request(), make_request()
    response = act(client, request, "cancel")
    assert "Cancel this request?" in text(response)
    assert f'action="{URL}#error-summary"' in text(response)
    assert fresh(request).is_open
    done = client.post(URL, {"token": token_on(response), "do": "cancel_now"})
    assert "Your request is cancelled. Only this one" in text(done)
    assert "your other requests stay as they are" in text(done)
    assert "ask for a new call below" in text(done)
    assert 'href="/contact/">Ask for a new call' in text(done).partition('role="status"')[2]
    assert (fresh(request).outcome, fresh(other).outcome) == ("cancelled", "")
    assert AuditEntry.objects.filter(request_id=request.pk, action="closed").exists()


def test_stopping_asks_first_and_then_ends_this_one_alone(client):
    request = make_request()
    other, linked = make_request(), make_request(person=request.person)
    response = act(client, request, "stop")
    assert "No call about this request?" in text(response)
    assert fresh(request).is_open
    done = client.post(URL, {"token": token_on(response), "do": "stop_now"})
    assert "We will not call you about this request." in text(done)
    assert [fresh(row).outcome for row in (request, other, linked)] == ["stop", "", ""]


def test_a_stop_from_a_closed_one_is_read_by_the_team_and_closes_no_other(client):
    closed = make_request(outcome="answered")
    other, linked = make_request(), make_request(person=closed.person)
    assert "Our team reads it before they call this phone" in text(look_up(client, closed))
    assert "Don’t call me again" not in text(act(client, closed, "stop_now"))
    assert [fresh(row).outcome for row in (closed, other, linked)] == ["answered", "", ""]
    person = list(CallbackRequest.objects.of_person(linked))
    assert stops.person_stopped_at(person) == TEN
    assert stops.person_stopped_at([other]) is None


def test_going_back_changes_nothing(client):
    request = make_request()
    assert "What you chose" in text(act(client, request, ""))
    assert fresh(request).version == request.version


@pytest.mark.parametrize("do", ["cancel_now", "change"])
def test_a_request_closed_meanwhile_says_so(client, do):
    request = make_request()
    token = token_on(look_up(client, request))
    CallbackRequest.objects.update(status="closed", outcome="came_in", closed_at=TEN)
    page = text(client.post(URL, {"token": token, "do": do, "best_time": "evening"}))
    assert "was closed before this could be saved" in page
    assert fresh(request).outcome == "came_in"


@pytest.mark.parametrize("do", ["", "change", "cancel", "cancel_now", "stop", "stop_now"])
def test_a_request_purged_meanwhile_is_not_found(client, do):
    request = make_request(outcome="came_in")
    token = token_on(look_up(client, request))
    fresh(request).purge()
    assert "We find no request" in text(client.post(URL, {"token": token, "do": do}))
    CallbackRequest.objects.all().delete()
    assert "We find no request" in text(client.post(URL, {"token": token, "do": do}))


# The token


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "A" * 300, "=" * 50])
@pytest.mark.parametrize("do", ["", "change", "cancel_now", "stop_now"])
def test_a_forged_token_opens_nothing(client, token, do):
    request = make_request()
    response = client.post(URL, {"token": token, "do": do})
    assert response.status_code == 200
    assert "this page closes after 15 minutes" in text(response)
    assert fresh(request).is_open


def test_a_token_of_another_page_opens_nothing(client):
    request = make_request()
    token = tokens.encode("thanks", {"request": str(request.pk)})
    client.post(URL, {"token": token, "do": "cancel_now"})
    assert fresh(request).is_open


def test_the_token_tells_nothing(client):
    request = make_request()
    token = token_on(look_up(client, request))
    assert str(request.pk) not in token
    assert request.reference not in token


def test_after_fifteen_minutes_both_are_asked_again_and_the_typed_is_kept(client, staffed, clock):
    request = make_request()
    data = {"token": token_on(look_up(client, request)), "do": "change"}
    data |= {"best_time": "evening", "time_zone": "Europe/Berlin", "at": "2026-03-05T15:30"}
    clock["now"] = TEN + timedelta(minutes=15)
    assert "Saved." in text(client.post(URL, data | {"at": "", "time_zone": ""}))
    clock["now"] = TEN + timedelta(minutes=15, seconds=1)
    response = client.post(URL, data)
    assert "this page closes after 15 minutes" in text(response)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text(response)))
    assert kept == {name: data[name] for name in ("do", "best_time", "time_zone", "at")}
    page = text(look_up(client, request, **kept))
    assert "What you typed is still here." in page
    assert '<option value="Europe/Berlin" selected>' in page
    assert 'value="2026-03-05T15:30"' in page
    assert fresh(request).time_zone == ""


@pytest.mark.parametrize(("do", "asked"), [("cancel", "Cancel this"), ("stop", "No call about")])
@pytest.mark.parametrize("suffix", ["", "_now"])
def test_what_was_being_ended_is_asked_again_never_done_unasked(client, do, asked, suffix):
    request = make_request()
    page = text(look_up(client, request, do=do + suffix))
    assert asked in page
    assert fresh(request).is_open


# Trouble


def test_the_number_in_a_problem_dials_and_nothing_else_is_markup(client, settings):
    settings.SITE_PHONE = "602-555-0100 <b>"
    page = look_up(client, make_request(), "<u>9").content.decode()
    link = '<a href="tel:+16025550100"><bdi>602-555-0100 &lt;b&gt;</bdi></a>.'
    assert f"Or call {link}" in page
    assert "<u>" not in page


def test_hours_never_break_at_the_end_of_a_line(client):
    response = look_up(client, make_request(best_time="evening"))
    page = unescape(response.content.decode())
    assert page.count("Evening (5\u00a0to\u00a09\u00a0p.m.)") == 2
    assert "before 8\u00a0a.m. or after 9\u00a0p.m." in page
    assert not re.search(r"\d (to|a\.m|p\.m)", page)


@pytest.mark.parametrize("with_token", [False, True])
def test_a_database_that_is_down_says_so_and_keeps_the_typed(
    client, settings, monkeypatch, caplog, with_token
):
    request = make_request()
    data = {"reference": str(request), "digits": "0123"}
    if with_token:
        data = {
            "token": token_on(look_up(client, request)),
            "do": "change",
            "at": "2026-03-05T15:30",
        }

    def down(*args, **kwargs):
        raise OperationalError(f"no database for {NAME}")

    monkeypatch.setattr(connection, "cursor", down)
    monkeypatch.setattr(connection, "ensure_connection", down)
    response = client.post(URL, data)
    assert response.status_code == 503
    assert "We can’t look into our requests right now." in text(response)
    assert settings.SITE_PHONE in text(response)
    assert f'value="{data.get("at") or data["reference"]}"' in text(response)
    assert NAME not in caplog.text
    assert "OperationalError" in caplog.text


def test_a_broken_cache_keeps_nobody_out(client, monkeypatch):
    monkeypatch.setattr(rate_limit.cache, "add", lambda *args, **kwargs: 1 / 0)
    assert "What you chose" in text(look_up(client, make_request()))


def test_looking_up_takes_a_constant_number_of_queries(client, django_assert_max_num_queries):
    request = make_request()
    look_up(client, request)
    for _ in range(20):
        make_request()
    with django_assert_max_num_queries(14):
        look_up(client, request)


def test_what_was_handled_with_another_says_no_more_than_that(client):
    request = make_request(outcome="duplicate")
    page = text(look_up(client, request))
    assert "If you asked more than once, we handle your requests together." in page
    assert "go on with" not in page


# The order of the page


def open_folds(response):
    return re.findall(r'<details class="question" id="(\w+)" open>', response.text)


def test_the_way_out_stands_before_the_forms_which_are_folded(client):
    request = make_request()
    page = look_up(client, request)
    shown = text(page)
    assert shown.index("Don’t call me again") < shown.index("Change when we call")
    assert shown.count('<details class="question"') == 2
    assert open_folds(page) == []
    assert open_folds(change(client, request, best_time="morning")) == []


def test_a_form_with_something_to_correct_or_to_save_is_open(client):
    request = make_request()
    assert open_folds(change(client, request, at="2020-01-01T10:00")) == ["change"]
    assert open_folds(act(client, request, "answers", announce="nonsense")) == ["answers"]
    assert open_folds(look_up(client, request, do="change", best_time="morning")) == ["change"]
    assert open_folds(look_up(client, request, do="answers", needs="made up")) == ["answers"]
