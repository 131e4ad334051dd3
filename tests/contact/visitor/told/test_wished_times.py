"""The form says when the desk can keep each time of day, and only what is so."""

from datetime import UTC

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from contact.models import OpeningHours
from contact.schedule.slots import CallPreferences
from contact.visitor.told import snapshot_writing
from contact.visitor.told.status_text import other_hours_reason
from contact.visitor.told.wished_times import when_we_can_call
from tests.contact.desks import NEW_YORK, PHOENIX, at, desk, hours
from tests.contact.pages import text
from tests.factories import callback_payload

# A Thursday, 2 p.m. in Phoenix.
TWO = at("2026-05-07T14:00", PHOENIX)


@pytest.fixture(autouse=True)
def two_o_clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TWO.astimezone(UTC))


def lines(schedule, zone=""):
    words = when_we_can_call(schedule, zone).split("<br>")
    return [strip_tags(line).replace("\u00a0", " ") for line in words]


def test_each_time_of_day_has_the_hours_in_which_the_desk_is_next_open():
    weekly = {day: hours("9:00-17:00") for day in range(5)} | {0: hours("9:00-18:30")}
    schedule = desk()._replace(weekly=weekly)
    assert lines(schedule) == [
        "If you are on Arizona time, our desk can call you:",
        "Morning: tomorrow, 9 a.m. to noon",
        "Afternoon: today, until 5 p.m.",
        "Evening: not before Monday, 5 p.m. to 6:30 p.m., so we call sooner",
    ]
    assert lines(schedule, NEW_YORK)[0] == "On your clock, our desk can call you:"
    assert lines(schedule, NEW_YORK)[1:] == [
        "Morning: our desk is closed, so we call at another time",
        "Afternoon: tomorrow, noon to 5 p.m.",
        "Evening: today, until 8 p.m.",
    ]


def test_a_time_of_day_without_anybody_at_the_desk_and_the_night_are_told():
    always = desk("0:00-0:00", days=range(7))
    assert lines(always)[-1] == "Also at night: today, until midnight"
    assert lines(desk("9:00-12:00"))[-1] == (
        "Evening: our desk is closed, so we call at another time"
    )


@pytest.mark.django_db
def test_the_form_says_it_from_the_snapshot_as_long_as_that_is_fresh(client, monkeypatch):
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens="09:00", closes="17:00")
    assert "our desk can call you" not in text(client.get("/contact/"))
    snapshot_writing.write_snapshot()
    response = client.get("/contact/")
    assert "call you:<br>Morning" in response.text
    page = text(response)
    assert "If you are on Arizona time, our desk can call you:" in page
    # A form that comes back speaks of the clock that was chosen.
    again = client.post("/contact/", callback_payload(phone="", time_zone=NEW_YORK))
    assert "On your clock, our desk can call you:" in text(again)
    later = at("2026-05-07T14:11", PHOENIX).astimezone(UTC)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "our desk can call you" not in text(client.get("/contact/"))


def test_a_wish_that_is_not_kept_is_named_only_if_the_call_is_sooner():
    weekly = {day: hours("9:00-17:00") for day in range(5)} | {0: hours("9:00-18:30")}
    schedule = desk()._replace(weekly=weekly)
    reason = other_hours_reason(schedule, CallPreferences("evening", PHOENIX), TWO)
    assert reason.startswith("You asked for the evening. Our desk is next open then on Monday")
    # Guam's day meets this desk on Mondays alone: no other time is sooner.
    rare = desk("7:00-8:00")._replace(
        weekly={day: hours("7:00-8:00") for day in range(5)} | {0: hours("16:00-18:00")}
    )
    assert other_hours_reason(rare, CallPreferences("any", "Pacific/Guam"), TWO) == ""
