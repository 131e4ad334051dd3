"""The first call is when it is day for them; danger waits for nothing else."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contact.intake.queue.rows import queue_row
from contact.lifecycle.journal import receiving
from contact.models import CallbackRequest, OpeningHours
from contact.records.requests.references import reference_for
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
# Wednesday, 10 a.m. in Phoenix and 3 a.m. on Thursday in Guam.
TEN = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def round_the_clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TEN)
    for weekday in range(7):
        OpeningHours.objects.create(weekday=weekday, opens=time(0), closes=time(0))


def arrive(phone, **over):
    over = {"created_at": TEN} | over
    request = CallbackRequest(name="Ann Example", phone=phone, consent_version="test", **over)
    request.reference = reference_for(request.pk)
    receiving.receive(request)
    return CallbackRequest.objects.get(pk=request.pk)


@pytest.mark.parametrize(
    ("phone", "zone", "hour"),
    [
        ("+16715550123", "Pacific/Guam", 8),
        ("+18085550123", "Pacific/Honolulu", 8),
        ("+16025550123", "America/Phoenix", 10),
    ],
)
def test_the_first_call_is_in_the_day_of_their_number(phone, zone, hour):
    request = arrive(phone)
    assert request.due_at.astimezone(ZoneInfo(zone)).hour == hour
    row = queue_row(request, make_staff("Intake"), TEN)
    assert (row.when == "Now") is (hour == 10)


def test_a_zone_that_they_named_counts_instead():
    assert arrive("+16715550123", time_zone="America/Phoenix").due_at == TEN


def test_words_that_may_mean_danger_wait_for_no_time_of_day():
    request = arrive("+16025550123", message="I want to kill myself", best_time="evening")
    assert request.priority == CallbackRequest.Priority.DANGER
    assert request.due_at == TEN
    row = queue_row(request, make_staff("Intake"), TEN)
    assert (row.when, row.is_warning) == ("Now", False)
    far = arrive("+16715550123", message="I want to kill myself")
    assert queue_row(far, make_staff("Intake"), TEN).when == "Now"
    ordinary = arrive("+16025550124", message="Please call.", best_time="evening")
    assert ordinary.due_at.astimezone(ZoneInfo("America/Phoenix")).hour == 17


def test_who_asked_for_it_is_called_at_night_and_staff_are_told_so():
    # Guam's night, as its number says.
    request = arrive("+16715550123", best_time="now")
    assert request.due_at == TEN
    row = queue_row(request, make_staff("Intake"), TEN)
    assert (row.when, row.is_warning) == ("Now", False)
    assert "call at any hour" in row.when_words
    OpeningHours.objects.all().update(opens=time(9), closes=time(17))
    by_day = arrive("+16715550124", best_time="now")
    assert by_day.due_at.astimezone(ZoneInfo("Pacific/Guam")).hour == 8


def test_the_navajo_nation_has_daylight_time_though_most_of_arizona_has_none(monkeypatch, client):
    assert '<option value="America/Shiprock">Navajo Nation' in client.get("/contact/").text
    may = datetime(2026, 5, 6, 7, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: may)
    starts = [
        arrive(phone, time_zone=zone, created_at=may).due_at.hour
        for phone, zone in (
            ("+19285550123", "America/Shiprock"),
            ("+19285550124", "America/Phoenix"),
        )
    ]
    # 8 a.m. on each clock, in UTC.
    assert starts == [14, 15]
