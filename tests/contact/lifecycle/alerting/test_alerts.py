"""Leads are mailed about late requests and an unattended queue, in opening hours only."""

import logging
import smtplib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from contact.lifecycle.alerting import alerts
from contact.models import CallbackRequest, Desk, OpeningHours, SpecialDay
from tests.factories import MESSAGE, NAME, PHONE, make_request, make_staff

pytestmark = pytest.mark.django_db
PHOENIX = ZoneInfo("America/Phoenix")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def at(text):
    """A moment on the desk's clock; 2026-01-05 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=PHOENIX)


MONDAY_10 = at("2026-01-05T10:00")


@pytest.fixture(autouse=True)
def desk():
    """A desk that is staffed on weekdays, 9 to 12 and 1 to 5."""
    for weekday in range(5):
        for opens, closes in ((9, 12), (13, 17)):
            OpeningHours.objects.create(weekday=weekday, opens=time(opens), closes=time(closes))
    return Desk.current()


def waiting_since(due_at, **over):
    """A request due from then on, with a deadline much later."""
    return make_request(
        **{"created_at": due_at, "due_at": due_at, "call_by": due_at + timedelta(days=30)} | over
    )


def late_since(call_by, **over):
    return make_request(**{"created_at": call_by - HOUR, "call_by": call_by} | over)


def someone_viewed(moment):
    Desk.objects.update(looked_at=moment)


# When


def test_leads_are_mailed_when_nobody_viewed_the_queue_for_half_an_hour():
    waiting_since(MONDAY_10)
    assert not alerts.send_if_needed(MONDAY_10 + 29 * MINUTE)
    assert alerts.send_if_needed(MONDAY_10 + 30 * MINUTE)
    (message,) = mail.outbox
    assert "nobody has looked at the queue for 30 minutes" in message.body
    assert "late" not in message.body


def test_viewing_the_queue_restarts_the_wait():
    waiting_since(MONDAY_10)
    someone_viewed(MONDAY_10 + 20 * MINUTE)
    assert not alerts.send_if_needed(MONDAY_10 + 49 * MINUTE)
    assert alerts.send_if_needed(MONDAY_10 + 50 * MINUTE)


def test_leads_choose_how_long():
    waiting_since(MONDAY_10)
    Desk.objects.update(unattended_minutes=90)
    assert not alerts.send_if_needed(MONDAY_10 + 89 * MINUTE)
    assert alerts.send_if_needed(MONDAY_10 + 90 * MINUTE)


def test_an_empty_queue_may_be_left_alone():
    waiting_since(at("2026-01-06T10:00"))
    make_request(outcome="spam", created_at=MONDAY_10 - HOUR)
    assert not alerts.send_if_needed(MONDAY_10 + 2 * HOUR - MINUTE)


def test_a_claimed_request_does_not_count_as_waiting():
    now = MONDAY_10 + HOUR
    held = waiting_since(MONDAY_10, claimed_by=make_staff(), claimed_until=now + MINUTE)
    late_since(
        MONDAY_10, claimed_by=held.claimed_by, claimed_until=now + MINUTE, phone="+16025550199"
    )
    assert not alerts.send_if_needed(now)
    # The lease ended without any work on the call.
    assert alerts.send_if_needed(now + 2 * MINUTE)


def test_a_late_request_alerts_though_the_queue_is_viewed():
    late_since(MONDAY_10)
    someone_viewed(MONDAY_10)
    assert not alerts.send_if_needed(MONDAY_10)
    assert alerts.send_if_needed(MONDAY_10 + MINUTE)
    (message,) = mail.outbox
    assert "1 request is late" in message.body
    assert "nobody has looked" not in message.body


def test_a_request_that_waits_for_a_lead_can_be_late_too():
    late_since(MONDAY_10, status="lead", due_at=at("2026-01-06T09:00"))
    someone_viewed(MONDAY_10)
    assert alerts.send_if_needed(MONDAY_10 + MINUTE)


def test_a_late_request_alerts_only_once_it_may_be_called():
    tonight = at("2026-01-05T16:00")
    late_since(MONDAY_10, due_at=tonight, due_until=tonight + HOUR)
    assert not alerts.send_if_needed(MONDAY_10 + HOUR)
    assert alerts.send_if_needed(tonight)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-06T00:00",
        "2026-01-05T08:59",
        "2026-01-05T12:00",
        "2026-01-05T12:59",
        "2026-01-05T17:00",
        "2026-01-10T10:00",
        "2026-01-07T10:00",
    ],
)
def test_no_alert_at_night_at_lunch_at_weekends_and_on_holidays(moment):
    SpecialDay.objects.create(date=at("2026-01-07T00:00").date(), name="Made-up holiday")
    waiting_since(at("2026-01-01T09:00"))
    late_since(at("2026-01-02T09:00"), phone="+16025550199")
    assert not alerts.send_if_needed(at(moment))
    assert mail.outbox == []


def test_the_first_minutes_of_the_morning_are_not_the_nights():
    waiting_since(at("2026-01-05T07:00"))
    someone_viewed(at("2026-01-02T17:00"))
    assert not alerts.send_if_needed(at("2026-01-05T09:29"))
    assert alerts.send_if_needed(at("2026-01-05T09:30"))


def test_lunch_does_not_count_as_waiting():
    waiting_since(at("2026-01-05T11:45"))
    assert not alerts.send_if_needed(at("2026-01-05T13:14"))
    assert alerts.send_if_needed(at("2026-01-05T13:15"))


def test_a_holiday_with_hours_of_its_own_is_staffed():
    SpecialDay.objects.create(
        date=at("2026-01-10T00:00").date(), name="Open day", opens=time(10), closes=time(12)
    )
    waiting_since(at("2026-01-10T09:00"))
    assert not alerts.send_if_needed(at("2026-01-10T10:29"))
    assert alerts.send_if_needed(at("2026-01-10T10:30"))


def test_without_opening_hours_every_hour_counts():
    OpeningHours.objects.all().delete()
    waiting_since(at("2026-01-10T20:00"))
    assert alerts.send_if_needed(at("2026-01-10T20:30"))


# To whom, and what


def test_the_leads_who_have_an_address_are_told():
    make_staff("Intake leads", email="lead@example.org")
    make_staff("Intake leads", email="second@example.org")
    make_staff("Intake leads", email="gone@example.org", is_active=False)
    make_staff("Intake leads")
    make_staff("Intake", email="colleague@example.org")
    late_since(MONDAY_10)
    assert alerts.send_if_needed(MONDAY_10 + HOUR)
    (message,) = mail.outbox
    assert message.to == ["lead@example.org", "second@example.org"]


def test_without_any_such_lead_the_teams_address_is_told():
    late_since(MONDAY_10)
    assert alerts.send_if_needed(MONDAY_10 + HOUR)
    assert mail.outbox[0].to == ["intake@example.org"]


@pytest.mark.parametrize("name", ["INTAKE_EMAIL", "MAIL_URL"])
def test_without_an_address_or_a_server_nothing_is_sent_nor_marked(settings, name):
    setattr(settings, name, "")
    late_since(MONDAY_10)
    assert not alerts.send_if_needed(MONDAY_10 + HOUR)
    assert Desk.current().alerted_at is None


def test_the_mail_counts_and_says_nothing_about_anyone():
    request = late_since(MONDAY_10)
    waiting_since(MONDAY_10, phone="+16025550199")
    assert alerts.send_if_needed(MONDAY_10 + HOUR)
    (message,) = mail.outbox
    assert message.subject == "The callback queue needs someone"
    assert "nobody has looked at the queue for 120 minutes" in message.body
    assert "1 request is late" in message.body
    assert "Due to be called now: 2" in message.body
    assert "http://localhost:8000/intake/\n" in message.body
    text = f"{message.body}\n{message.message()}"
    for secret in (NAME, PHONE, "555-01", "5550", MESSAGE, str(request), str(request.pk)):
        assert secret not in text


# How often


def test_the_mail_comes_once_an_hour_while_it_lasts():
    late_since(MONDAY_10)
    start = MONDAY_10 + MINUTE
    sent = [minute for minute in range(0, 119, 5) if alerts.send_if_needed(start + minute * MINUTE)]
    assert sent == [0, 60]
    CallbackRequest.objects.update(
        status="closed", outcome="came_in", closed_at=start, claimed_by=None, claimed_until=None
    )
    assert not alerts.send_if_needed(at("2026-01-05T14:00"))


def test_only_one_of_two_processes_sends():
    late_since(MONDAY_10)
    assert alerts._lease("alerted_at", HOUR, MONDAY_10)
    assert not alerts._lease("alerted_at", HOUR, MONDAY_10 + MINUTE)
    assert not alerts.send_if_needed(MONDAY_10 + MINUTE)


def test_a_failed_mail_is_tried_again_in_minutes_and_the_log_tells_no_address(monkeypatch, caplog):
    def refuse(self, *args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"intake@example.org": (550, b"no")})

    caplog.set_level(logging.INFO)
    late_since(MONDAY_10)
    start = MONDAY_10 + MINUTE
    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert not alerts.send_if_needed(start)
    monkeypatch.undo()
    assert not alerts.send_if_needed(start + 4 * MINUTE)
    assert alerts.send_if_needed(start + 5 * MINUTE)
    assert not alerts.send_if_needed(start + 64 * MINUTE)
    assert "mail about the queue failed (SMTPRecipientsRefused)" in caplog.text
    assert "example.org" not in caplog.text


def test_a_mail_lost_in_a_crash_is_sent_later(monkeypatch):
    def die(self, *args, **kwargs):
        raise KeyboardInterrupt

    late_since(MONDAY_10)
    start = MONDAY_10 + MINUTE
    monkeypatch.setattr(EmailMessage, "send", die)
    with pytest.raises(KeyboardInterrupt):
        alerts.send_if_needed(start)
    monkeypatch.undo()
    assert alerts.send_if_needed(start + 5 * MINUTE)


# Danger

NIGHT = at("2026-01-10T03:00")


def in_danger(**over):
    """Asked at night; the desk opens on Monday."""
    opening = at("2026-01-12T09:00")
    values = {"created_at": NIGHT, "due_at": opening, "priority": 0, "language": "es"}
    return make_request(**values | over)


def sent_at(minutes):
    """The minutes of the night at which a mail goes out."""
    return [minute for minute in minutes if alerts.send_if_needed(NIGHT + minute * MINUTE)]


def test_danger_that_nobody_took_is_mailed_at_night_and_again_until_somebody_does():
    asked = in_danger(message="I want to kill myself")
    assert sent_at(range(40)) == [5, 20, 35]
    message = mail.outbox[0]
    assert message.subject == "DANGER: 1 call that nobody has taken"
    assert "Somebody may be in danger, and nobody has taken the call: 1 request." in message.body
    assert "1 Spanish (español)" in message.body
    text = f"{message.body}\n{message.message()}"
    for secret in (NAME, PHONE, "555-01", "kill", str(asked), str(asked.pk)):
        assert secret not in text
    until = NIGHT + 2 * HOUR
    CallbackRequest.objects.update(claimed_by=make_staff(), claimed_until=until)
    assert sent_at(range(40, 120)) == []
    # Let go without a call.
    assert sent_at(range(120, 125)) == [120]


@pytest.mark.parametrize(
    ("over", "is_alarm"),
    [
        ({"reached_at": NIGHT}, False),
        ({"first_attempt_at": NIGHT, "tries": 1}, False),
        ({"first_attempt_at": NIGHT, "tries": 1, "due_at": NIGHT}, True),
        ({"first_attempt_at": NIGHT, "tries": 1, "status": "lead"}, True),
        ({"first_attempt_at": NIGHT, "danger_at": NIGHT + MINUTE}, True),
        ({"reached_at": NIGHT, "danger_at": NIGHT + MINUTE}, True),
        ({"priority": 1}, False),
        ({"outcome": "came_in"}, False),
    ],
)
def test_the_alarm_waits_for_the_next_try_and_ends_when_somebody_is_reached(over, is_alarm):
    in_danger(**over)
    assert alerts.send_if_needed(NIGHT + HOUR) is is_alarm


def test_danger_is_told_apart_from_what_waits_for_the_morning():
    in_danger()
    late_since(NIGHT, phone="+16025550199")
    assert alerts.send_if_needed(NIGHT + HOUR)
    assert len(mail.outbox) == 1


# Views of the queue


def test_a_view_is_noted_once_a_minute_and_writes_nothing_else(django_assert_num_queries):
    maria = make_staff("Intake")
    assert maria.has_perm("contact.change_callbackrequest")
    alerts.record_view(maria, None)
    first = Desk.current().looked_at
    assert timezone.now() - first < MINUTE
    with django_assert_num_queries(0):
        alerts.record_view(maria, first)
    someone_viewed(first - MINUTE)
    alerts.record_view(maria, first - MINUTE)
    assert Desk.current().looked_at >= first


def test_accounts_that_may_not_call_do_not_count_as_attending():
    alerts.record_view(make_staff("Privacy officers"), None)
    assert Desk.current().looked_at is None
