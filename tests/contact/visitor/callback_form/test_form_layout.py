import re
from datetime import UTC, datetime, time

import pytest

from contact.models import OpeningHours
from contact.schedule.opening_hours import Schedule
from contact.visitor.callback_form.forms import CallbackForm
from contact.visitor.told.desk_hours import DeskHours, desk_hours
from tests.factories import callback_payload

# Wednesday, 10 a.m. and 7 p.m. in Phoenix.
TEN = datetime(2026, 3, 4, 17, tzinfo=UTC)
SEVEN = datetime(2026, 3, 5, 2, tzinfo=UTC)
USUAL = {"best_time": "any", "language": "en", "needs": "", "message": ""}


def week(opens, closes):
    rows = [OpeningHours(weekday=day, opens=opens, closes=closes) for day in range(7)]
    return Schedule.of(rows, [])


def test_desk_is_said_to_be_open_until_it_closes_and_closed_until_it_opens():
    schedule = week(time(9), time(18))
    until = DeskHours(is_open=True, until="6\u00a0p.m. (Arizona time)")
    opens = DeskHours(opens="9\u00a0a.m. tomorrow (Arizona time)")
    assert desk_hours(schedule, TEN) == until
    assert desk_hours(schedule, SEVEN) == opens


def test_desk_that_never_closes_is_open_without_an_end():
    assert desk_hours(week(time(0), time(0)), TEN) == DeskHours(is_open=True)


@pytest.mark.parametrize("schedule", [None, Schedule({}, {}, "America/Phoenix")])
def test_nothing_is_said_of_hours_that_nobody_knows(schedule):
    assert desk_hours(schedule, TEN) == DeskHours()


def test_form_says_when_the_desk_is_open_and_how_to_call(client, monkeypatch):
    monkeypatch.setattr("contact.visitor.views.timezone.now", lambda: TEN)
    for schedule, said in (
        (week(time(9), time(18)), "Call us now</a>: our desk is open until 6\u00a0p.m."),
        (week(time(11), time(18)), "Our desk is closed now. It opens at 11\u00a0a.m. today"),
        (None, "Would you rather call?"),
    ):
        monkeypatch.setattr("contact.visitor.told.desk_hours.desk_schedule", lambda it=schedule: it)
        assert said in client.get("/contact/").text


def test_hours_that_can_not_be_told_keep_nobody_from_the_form(client, monkeypatch, caplog):
    monkeypatch.setattr("contact.visitor.told.desk_hours.desk_hours", lambda *args: 1 / 0)
    assert 'name="phone"' in client.get("/contact/").text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("over", "is_open"),
    [
        ({}, False),
        # Guessed by the script.
        ({"time_zone": "America/Denver"}, False),
        ({"message": "made-up words"}, True),
        ({"needs": "a slow pace"}, True),
        ({"language": "es"}, True),
        ({"best_time": "morning"}, True),
        # Errors.
        ({"time_zone": "Nowhere/Atall"}, True),
        ({"best_time": "midnight"}, True),
    ],
)
def test_fold_is_open_where_something_in_it_is_filled_or_wrong(client, over, is_open):
    values = callback_payload(phone="", **USUAL | {"time_zone": ""} | over)
    assert ('<details class="fold" open>' in client.post("/contact/", values).text) is is_open


def test_blank_form_is_folded_and_asks_for_name_and_number_alone(client):
    page = client.get("/contact/").text
    folded = page.partition('<details class="fold">')[2].partition("</details>")[0]
    assert "More, if you like" in folded
    required = [name for name, field in CallbackForm().fields.items() if field.required]
    assert required == ["name", "phone"]
    assert page.count(" required") == 2
    for name in ("best_time", "time_zone", "language", "needs", "message"):
        assert f'name="{name}"' in folded


def test_summary_of_errors_holds_its_alert_inside_what_takes_the_focus(client):
    page = client.post("/contact/", callback_payload(name="", phone="")).text
    summary = page.partition('id="error-summary"')[2]
    opening = page[page.index('<div class="error-summary"') :].partition(">")[0]
    assert 'tabindex="-1"' in opening
    assert "role" not in opening
    assert re.match(r'[^>]*>\s*<div role="alert">\s*<h2>Please check this first</h2>', summary)
